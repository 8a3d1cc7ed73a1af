//! Listening: one listener a worker, all bound to the same address.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that the kernel holds while a worker is busy.
const BACKLOG: i32 = 1024;

/// Binds one listener a worker to the same address, among which the kernel spreads the connections.
///
/// # Errors
/// The address is taken, or not ours.
pub fn bind(address: SocketAddr, workers: usize) -> io::Result<Vec<TcpListener>> {
    let first = listener(address)?;
    let bound = first.local_addr()?;
    let others = (1..workers.max(1)).map(|_| listener(bound));
    std::iter::once(Ok(first)).chain(others).collect()
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
