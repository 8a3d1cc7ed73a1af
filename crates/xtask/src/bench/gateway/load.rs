//! The load: requests over kept connections, each waiting for its answer, as fast as they come or at a steady rate.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use futures_util::future::try_join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime;
use tokio::time::timeout;

/// Connections at once.
const CONNECTIONS: usize = 64;
/// Where the load comes from: the slow clients of a bench come from another address, as they do elsewhere.
const OURS: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 2), 0));
/// No answer of the bench is longer.
const ANSWER_BYTES_MAX: usize = 8 * 1024;
/// Until all answers must be there.
const WAIT: Duration = Duration::from_secs(120);

/// Requests for one server.
pub(super) struct Load<'r> {
    /// What, as it goes over the wire.
    pub(super) requests: &'r [Vec<u8>],
    /// How fast.
    pub(super) pace: Pace,
}

/// How fast requests are sent.
#[derive(Clone, Copy)]
pub(super) enum Pace {
    /// The next as soon as a connection has its answer.
    Full,
    /// So many a second, whatever the answers do.
    PerSecond(f64),
}

/// How the answers came.
pub(super) struct Answers {
    /// From the first request to the last answer.
    elapsed: Duration,
    /// Of every request, shortest first. At a steady rate it counts from when the request was due, so that a server
    /// that stalls does not also stop the clock.
    latencies: Vec<Duration>,
}

impl Load<'_> {
    /// Sends every request once, to this port of the loopback address.
    ///
    /// # Errors
    /// Any answer but 200: a bench of refusals would measure nothing.
    pub(super) fn run(&self, port: u16) -> Result<Answers> {
        let next = AtomicUsize::new(0);
        let start = Instant::now();
        let threads = self.pace.threads();
        let mut latencies = thread::scope(|scope| {
            let thread = |_| scope.spawn(|| self.thread(port, CONNECTIONS / threads, &next, start));
            (0..threads).map(thread).collect::<Vec<_>>().into_iter().map(joined).collect::<Result<Vec<_>>>()
        })?
        .concat();
        let elapsed = start.elapsed();
        latencies.sort_unstable();
        Ok(Answers { elapsed, latencies })
    }

    /// One thread with its share of the connections.
    fn thread(&self, port: u16, share: usize, next: &AtomicUsize, start: Instant) -> Result<Vec<Duration>> {
        let connections = (0..share).map(|_| self.connection(port, next, start));
        let all = async { timeout(WAIT, try_join_all(connections)).await };
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(all).context("the server does not answer")??.concat())
    }

    /// One connection: takes the next request until there is none.
    async fn connection(&self, port: u16, next: &AtomicUsize, start: Instant) -> Result<Vec<Duration>> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(OURS)?;
        let mut stream = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await?;
        stream.set_nodelay(true)?;
        let mut buffer = vec![0; ANSWER_BYTES_MAX];
        let mut latencies = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = self.requests.get(number) else { return Ok(latencies) };
            let from = self.pace.due(start, number);
            stream.write_all(request).await?;
            answer(&mut stream, &mut buffer).await?;
            latencies.push(from.elapsed());
        }
    }
}

impl Pace {
    /// As many as are answered come from one thread that is never idle. At a steady rate every connection has its own
    /// thread, because those of the system wake on time to some 50 µs, and timers of a runtime only to the millisecond.
    fn threads(self) -> usize {
        match self {
            Self::Full => 1,
            Self::PerSecond(_) => CONNECTIONS,
        }
    }

    /// Waits until a request is due, and says when that was.
    fn due(self, start: Instant, number: usize) -> Instant {
        let Self::PerSecond(per_second) = self else { return Instant::now() };
        let due = start + Duration::from_secs_f64(number as f64 / per_second);
        sleep(due.saturating_duration_since(Instant::now()));
        due
    }
}

impl Answers {
    /// Answers a second.
    pub(super) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share of the requests (0 to 1) did not exceed, in microseconds.
    pub(super) fn within(&self, share: f64) -> f64 {
        let at = (self.latencies.len() as f64 * share) as usize;
        let latency = self.latencies.get(at.min(self.latencies.len().saturating_sub(1)));
        latency.map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e6)
    }
}

fn joined<T>(thread: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().map_err(|_| anyhow!("a connection's thread has died"))?
}

/// Reads one whole answer.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<()> {
    let mut filled = 0;
    loop {
        match stream.read(&mut buffer[filled..]).await? {
            0 => bail!(io::Error::from(io::ErrorKind::UnexpectedEof)),
            read => filled += read,
        }
        if let Some(length) = length(&buffer[..filled])?
            && filled >= length
        {
            ensure!(filled == length, "the server answered more than was asked");
            return Ok(());
        }
        ensure!(filled < buffer.len(), "an answer is longer than {ANSWER_BYTES_MAX} bytes");
    }
}

/// How long an answer is in all, once its head is there.
fn length(received: &[u8]) -> Result<Option<usize>> {
    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = str::from_utf8(&received[..end])?;
    ensure!(head.starts_with("HTTP/1.1 200 "), "refused: {}", String::from_utf8_lossy(received));
    let named = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    };
    let body = head.lines().find_map(named).context("an answer without a length")?;
    Ok(Some(end + 4 + body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_long_as_it_says() {
        assert_eq!(length(b"HTTP/1.1 200 OK\r\ncontent-Length: 7\r\n\r\n").unwrap(), Some(45));
        assert_eq!(length(b"HTTP/1.1 200 OK\r\nContent-Le").unwrap(), None);
    }

    #[test]
    fn a_refusal_is_no_answer() {
        assert!(length(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").is_err());
    }

    #[test]
    fn percentiles_are_of_the_sorted_latencies() {
        let latencies = (1..=100).map(Duration::from_micros).collect();
        let answers = Answers { elapsed: Duration::from_secs(2), latencies };
        assert_eq!(answers.rate(), 50.0);
        assert_eq!(answers.within(0.99), 100.0);
        assert_eq!(answers.within(0.5), 51.0);
    }
}
