//! Connections: how many at once, how long a head may take, how long one lives, and how they end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router, middleware};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ideamine_core::Tenant;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::{Desk, guard, router};

/// Most connections at once; further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 64;
/// Longest time from a connection's start, or from the answer before, to the end of a request's head.
const HEAD_WAIT: Duration = Duration::from_secs(10);
/// Most bytes of a head that are read at all. A head over the guard's limits is answered with a problem document,
/// one over this with a bare status.
const READ_BYTES_MAX: usize = 512 * 1024;
/// Most headers that are read at all.
const READ_HEADERS_MAX: usize = 4096;
/// Longest life of a connection: a reader that stands still frees its place.
const CONNECTION_LIFE: Duration = Duration::from_secs(300);
/// How long a request under way may take to end when its connection is to close.
const END_WAIT: Duration = Duration::from_secs(5);
/// After an accept that failed, for want of file descriptors for example.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is done, then lets requests under way end.
pub async fn serve(listener: TcpListener, desk: Arc<dyn Desk>, stop: impl Future<Output = ()>) {
    let router = loopback(router(desk));
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (end, _) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Some((stream, place)) => {
                let (router, end) = (router.clone(), end.subscribe());
                connections.spawn(async move {
                    connection(stream, router, end).await;
                    drop(place);
                });
            }
            None => sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    drop(end);
    connections.join_all().await;
}

/// The routes for callers on this machine: guarded, and all of one tenant.
fn loopback(routes: Router) -> Router {
    routes
        .layer(Extension(Tenant::local()))
        .layer(middleware::from_fn(guard::body))
        .layer(middleware::from_fn(guard::head))
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, _) = listener.accept().await.ok()?;
    Some((stream, place))
}

/// One connection to its end; a client that goes away is no error of ours.
async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    router: Router,
    mut end: watch::Receiver<()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT);
    http.max_buf_size(READ_BYTES_MAX).max_headers(READ_HEADERS_MAX);
    let mut served = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    tokio::select! {
        _ = served.as_mut() => return,
        _ = end.changed() => {}
        () = sleep(CONNECTION_LIFE) => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = timeout(END_WAIT, served).await;
}

#[cfg(test)]
mod tests;
