//! Turns away what another web page sends: without authentication, a browser must not be able to start runs.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Problem;

/// Hosts that a request may name: a name that merely resolves to this machine is a rebinding attack.
const HOSTS: &[&str] = &["127.0.0.1", "[::1]", "localhost"];

/// Refuses foreign hosts and foreign origins.
pub(crate) async fn same_machine(request: Request, next: Next) -> Response {
    if foreign(request.headers()) {
        let detail = "this API answers requests to a loopback address from the same origin only";
        return Problem::request(StatusCode::FORBIDDEN, detail).into_response();
    }
    next.run(request).await
}

fn foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let known =
        |host: &str| HOSTS.iter().any(|known| host == *known || host.strip_prefix(known).is_some_and(port));
    let origin = text(header::ORIGIN);
    !known(host) || origin.is_some_and(|origin| origin.strip_prefix("http://") != Some(host))
}

fn port(rest: &str) -> bool {
    rest.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_origin_may_ask() {
        let check = |host: &str, origin: Option<&str>, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(foreign(&headers), !expected, "{host} {origin:?}");
        };
        check("127.0.0.1:8080", None, true);
        check("localhost", None, true);
        check("[::1]:9", Some("http://[::1]:9"), true);
        check("127.0.0.1:8080", Some("http://127.0.0.1:8080"), true);
        check("127.0.0.1:8080", Some("http://evil.example"), false);
        check("127.0.0.1:8080", Some("null"), false);
        check("evil.example:8080", None, false);
        check("127.0.0.1.evil.example", None, false);
    }
}
