//! Questions of the control plane to the identity provider: one connection for each, for they are few.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use keyward_control::oidc::{Answer, CannotFetch, Client, Fetch, Fetching, Provider, Question};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

/// The longest answer: a provider's keys with their certificates have some ten KiB.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// The longest wait for a whole answer; somebody looks at his browser meanwhile.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Asks over TLS, or without it on this host, which is all that the control plane asks for.
struct Direct(TlsConnector);

/// The provider; Mozilla's authorities vouch for it, or those that the operator adds for his own network.
pub(super) fn provider(client: Client, extra_roots: &[CertificateDer<'static>]) -> Provider {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(extra_roots.iter().cloned());
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Provider::new(client, Arc::new(Direct(TlsConnector::from(Arc::new(config)))))
}

impl Fetch for Direct {
    fn fetch(&self, question: Question) -> Fetching<'_> {
        Box::pin(
            async move { timeout(ANSWER_WITHIN, self.ask(question)).await.map_err(|_| CannotFetch::Slow)? },
        )
    }
}

impl Direct {
    async fn ask(&self, question: Question) -> Result<Answer, CannotFetch> {
        let uri: Uri = question.url.parse().map_err(broken)?;
        let (host, is_tls) = (uri.host().unwrap_or_default(), uri.scheme_str() == Some("https"));
        let host = host.trim_matches(['[', ']']);
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let request = request(&uri, question)?;
        let stream = TcpStream::connect((host, port)).await.map_err(broken)?;
        if !is_tls {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(host.to_owned()).map_err(broken)?;
        exchange(self.0.connect(name, stream).await.map_err(broken)?, request).await
    }
}

fn request(uri: &Uri, question: Question) -> Result<Request<Full<Bytes>>, CannotFetch> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let method = if question.form.is_some() { "POST" } else { "GET" };
    let mut request = Request::builder().method(method).uri(path).header(HOST, host);
    request = request.header(ACCEPT, "application/json");
    if question.form.is_some() {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    if let Some(authorization) = question.authorization {
        let mut value = HeaderValue::from_str(&authorization).map_err(broken)?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    let body = question.form.map(|form| Bytes::copy_from_slice(form.as_bytes())).unwrap_or_default();
    request.body(Full::new(body)).map_err(broken)
}

async fn exchange<C>(connection: C, request: Request<Full<Bytes>>) -> Result<Answer, CannotFetch>
where
    C: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, driver) = http1::handshake(TokioIo::new(connection)).await.map_err(broken)?;
    let driver = tokio::spawn(driver);
    let answered = async {
        let answer = sender.send_request(request).await.map_err(broken)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() { CannotFetch::TooLarge } else { broken(error) }
        })?;
        Ok(Answer { status, body: Zeroizing::new(body.to_bytes().to_vec()) })
    };
    let answered = answered.await;
    driver.abort();
    answered
}

/// None of these errors repeats what was sent.
fn broken(error: impl std::fmt::Display) -> CannotFetch {
    CannotFetch::Unreachable(error.to_string())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn direct() -> Direct {
        let config = ClientConfig::builder().with_root_certificates(RootCertStore::empty());
        Direct(TlsConnector::from(Arc::new(config.with_no_client_auth())))
    }

    /// What is asked of a provider that answers so, and what comes of it.
    async fn asked(answer: &'static str, form: Option<&str>) -> (String, Result<Answer, CannotFetch>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token?a=b", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = vec![0; 4096];
            let length = stream.read(&mut heard).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&heard[..length]).into_owned()
        });
        let authorization = form.map(|_| Zeroizing::new("Basic abc".to_owned()));
        let form = form.map(|form| Zeroizing::new(form.to_owned()));
        let answered = direct().fetch(Question { url, authorization, form }).await;
        (serving.await.unwrap(), answered)
    }

    #[tokio::test]
    async fn a_provider_is_asked_once_and_its_answer_is_taken_as_it_is() {
        let answer = "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test/\r\nContent-Length: 2\r\n\r\n{}";
        let (heard, answered) = asked(answer, None).await;
        assert!(
            heard.starts_with("GET /token?a=b HTTP/1.1\r\n") && !heard.contains("authorization"),
            "{heard}"
        );
        let answered = answered.ok().unwrap();
        assert_eq!((answered.status, &**answered.body), (302, &b"{}"[..]), "nobody goes where it leads");
        let (heard, _) = asked("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Some("code=c")).await;
        assert!(heard.starts_with("POST ") && heard.ends_with("\r\n\r\ncode=c"), "{heard}");
        assert!(heard.contains("authorization: Basic abc") && heard.contains("x-www-form-urlencoded"));
    }

    #[tokio::test]
    async fn an_answer_without_end_is_not_read_to_it() {
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", ANSWER_BYTES_MAX + 1);
        let (_, answered) = asked(Box::leak(answer.into_boxed_str()), None).await;
        assert!(answered.is_err());
    }
}
