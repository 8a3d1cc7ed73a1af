//! For tests: requests that two readers could take for different ones, written from RFC 9112, each with why it is
//! refused; and requests that clients really send.

use super::{HeadBounds, Unsound};

pub(crate) const BOUNDS: HeadBounds = HeadBounds { bytes: 1024, fields: 16 };

/// Sound requests. Whole connections can be made by stringing them together.
pub(crate) const SOUND: &[&str] = &[
    "GET /binance/api/v3/time HTTP/1.1\r\nHost: door\r\n\r\n",
    "GET /binance/api/v3/account?timestamp=1&signature=ab HTTP/1.1\r\nHost: door:8080\r\nUser-Agent: a/1 (b; c)\r\n\
     Accept: */*\r\nX-MBX-APIKEY: kwk\r\nConnection: keep-alive\r\n\r\n",
    "POST /binance/api/v3/order HTTP/1.1\r\nHost: door\r\nContent-Type: application/x-www-form-urlencoded\r\n\
     Content-Length: 13\r\n\r\nsymbol=BTCUSD",
    "POST /x HTTP/1.1\r\nHost: door\r\ntransfer-encoding: chunked\r\n\r\n4\r\na=b&\r\n3\r\nc=d\r\n0\r\n\r\n",
    "DELETE http://door/x HTTP/1.1\r\nhost:door\r\nContent-Length: 0\r\n\r\n",
    "PUT /x HTTP/1.1\r\nHost: \t[::1]:80 \t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    "GET /x HTTP/1.1\r\nHost: door\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
    "HEAD /x?[a]={b}&c=|~ HTTP/1.1\r\nHost: door\r\nEmpty:\r\nTab: a\tb\r\nOpaque: \u{e9}\r\n\r\n",
];

/// Unsound requests. A name of a fault stands for every way to write it.
pub(crate) const UNSOUND: &[(Unsound, &[&str])] = &[
    (
        Unsound::BareLineFeed,
        &[
            "GET / HTTP/1.1\nHost: door\n\n",
            "GET / HTTP/1.1\r\nHost: door\nX: y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\n\n",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1\r\n\nx",
            "\nGET / HTTP/1.1\r\nHost: door\r\n\r\n",
        ],
    ),
    (
        Unsound::Control,
        &[
            "GET / HTTP/1.1\r\nHost: door\r\nX: a\0b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\nX: a\rContent-Length: 5\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\nX: a\r\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\nX: \x0b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\nX: \x7f\r\n\r\n",
        ],
    ),
    (
        Unsound::RequestLine,
        &[
            "\r\nGET / HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET /\r\nHost: door\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET / HTTP/1.1 \r\nHost: door\r\n\r\n",
            "GET /a b HTTP/1.1\r\nHost: door\r\n\r\n",
            "\x16\x03\x01\r\n",
        ],
    ),
    (
        Unsound::Method,
        &[
            "CONNECT door:443 HTTP/1.1\r\nHost: door:443\r\n\r\n",
            "TRACE / HTTP/1.1\r\nHost: door\r\n\r\n",
            "get / HTTP/1.1\r\nHost: door\r\n\r\n",
            "G\0T / HTTP/1.1\r\nHost: door\r\n\r\n",
            "\u{feff}GET / HTTP/1.1\r\nHost: door\r\n\r\n",
        ],
    ),
    (
        Unsound::Target,
        &[
            "GET ! HTTP/1.1\r\nHost: door\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET door/ HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET /\t HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET /\0 HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET /a#b HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET /\u{e9} HTTP/1.1\r\nHost: door\r\n\r\n",
        ],
    ),
    (
        Unsound::Version,
        &[
            "GET / HTTP/2.0\r\nHost: door\r\n\r\n",
            "GET / HTTP/1.2\r\nHost: door\r\n\r\n",
            "GET / http/1.1\r\nHost: door\r\n\r\n",
            "GET / HTTP/1.1\rX\r\nHost: door\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ],
    ),
    (
        Unsound::Folded,
        &[
            "GET / HTTP/1.1\r\nHost: door\r\nX: a\r\n b\r\n\r\n",
            "GET / HTTP/1.1\r\n Host: door\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1\r\n\t0\r\n\r\nx",
        ],
    ),
    (
        Unsound::FieldName,
        &[
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length : 5\r\n\r\nabcde",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding\x0b: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\nno colon\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\n: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\nX\0: y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\n\x08Content-Length: 1\r\n\r\n",
        ],
    ),
    (
        Unsound::HostMissing,
        &["GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "GET http://door/ HTTP/1.1\r\nX: y\r\n\r\n"],
    ),
    (
        Unsound::Host,
        &[
            "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: user@door\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door, gate\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\x0b\r\n\r\n",
        ],
    ),
    (
        Unsound::HostMismatch,
        &[
            "GET http://gate/ HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET http://door:81/ HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET http://user@door/ HTTP/1.1\r\nHost: door\r\n\r\n",
            "GET http:///x HTTP/1.1\r\nHost: door\r\n\r\n",
        ],
    ),
    (
        Unsound::Duplicate,
        &[
            "GET / HTTP/1.1\r\nHost: door\r\nHost: door\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: door\r\nhOst: gate\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n",
        ],
    ),
    (
        Unsound::Length,
        &[
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: +1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1, 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 0x1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1_0\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length:\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 18446744073709551617\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1\x0b\r\n\r\nx",
        ],
    ),
    (
        Unsound::Encoding,
        &[
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked,\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: identity\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: 'chunked'\r\n\r\n",
            "POST / HTTP/1.0\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ],
    ),
    (
        Unsound::LengthAndEncoding,
        &[
            "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
        ],
    ),
    (
        Unsound::Expectation,
        &["POST / HTTP/1.1\r\nHost: door\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\nx"],
    ),
    (
        Unsound::Chunk,
        &[
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"\n\"\r\nx\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxGET / HTTP/1.1\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\nffffffff0\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\n",
        ],
    ),
    (
        Unsound::TooManyFields,
        &[
            "GET / HTTP/1.1\r\nHost: door\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n\
           A:\r\nA:\r\nA:\r\n\r\n",
        ],
    ),
];
