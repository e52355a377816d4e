//! What a request must hold before a route sees it: it comes from this machine, and it is bounded.
//!
//! Without authentication, a browser must not be able to start runs for a page of another origin.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{BODY_BYTES_MAX, Problem};

/// Hosts that a request may name: a name that merely resolves to this machine is a rebinding attack.
const HOSTS: &[&str] = &["127.0.0.1", "[::1]", "localhost"];
/// Longest path with query, bytes.
const TARGET_BYTES_MAX: usize = 8 * 1024;
/// Most bytes of all headers, names and values.
const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Most headers.
const HEADERS_MAX: usize = 100;
/// Longest time for a body to arrive as a whole.
const BODY_WAIT: Duration = Duration::from_secs(10);

/// Refuses foreign hosts, foreign origins, and heads that are too large.
pub(crate) async fn head(request: Request, next: Next) -> Response {
    match refused(request.uri(), request.headers()) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn refused(uri: &Uri, headers: &HeaderMap) -> Option<Problem> {
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len());
    if target > TARGET_BYTES_MAX {
        let detail = format!("the path has {target} bytes, at most {TARGET_BYTES_MAX}");
        return Some(Problem::request(StatusCode::URI_TOO_LONG, detail));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > HEADER_BYTES_MAX || headers.len() > HEADERS_MAX {
        let detail = format!(
            "there are {} headers of {bytes} bytes, at most {HEADERS_MAX} of {HEADER_BYTES_MAX}",
            headers.len()
        );
        return Some(Problem::request(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, detail));
    }
    for name in [header::HOST, header::ORIGIN] {
        if headers.get_all(&name).iter().nth(1).is_some() {
            let detail = format!("there is more than one `{name}` header");
            return Some(Problem::request(StatusCode::BAD_REQUEST, detail));
        }
    }
    foreign(uri, headers).then(|| {
        let detail = "this API answers requests to a loopback address from the same origin only";
        Problem::request(StatusCode::FORBIDDEN, detail)
    })
}

fn foreign(uri: &Uri, headers: &HeaderMap) -> bool {
    // What is not text is neither absent nor known.
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).unwrap_or_default();
    let known =
        |host: &str| HOSTS.iter().any(|known| host == *known || host.strip_prefix(known).is_some_and(port));
    let origin = text(header::ORIGIN);
    let elsewhere = uri.authority().is_some_and(|authority| authority.as_str() != host);
    !known(host) || elsewhere || origin.is_some_and(|origin| origin.strip_prefix("http://") != Some(host))
}

fn port(rest: &str) -> bool {
    rest.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok())
}

/// Reads the body as a whole, within its bytes and its time.
pub(crate) async fn body(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let announced = head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<u64>().ok()).is_some_and(|n| n > BODY_BYTES_MAX as u64) {
        return too_large();
    }
    match tokio::time::timeout(BODY_WAIT, Limited::new(body, BODY_BYTES_MAX).collect()).await {
        Ok(Ok(read)) => next.run(Request::from_parts(head, Body::from(read.to_bytes()))).await,
        Ok(Err(error)) if error.is::<LengthLimitError>() => too_large(),
        Ok(Err(_)) => closed(StatusCode::BAD_REQUEST, "the body broke off".to_owned()),
        Err(_) => {
            let detail = format!("the body did not arrive within {} s", BODY_WAIT.as_secs());
            closed(StatusCode::REQUEST_TIMEOUT, detail)
        }
    }
}

fn too_large() -> Response {
    closed(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {BODY_BYTES_MAX} bytes"))
}

/// Without the rest of the body the connection cannot be used again.
fn closed(status: StatusCode, detail: String) -> Response {
    ([(header::CONNECTION, "close")], Problem::request(status, detail)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(pairs: &[(HeaderName, &[u8])]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    #[test]
    fn only_this_machine_and_origin_may_ask() {
        let check = |host: &str, origin: Option<&[u8]>, expected: bool| {
            let mut pairs = vec![(header::HOST, host.as_bytes())];
            pairs.extend(origin.map(|origin| (header::ORIGIN, origin)));
            assert_eq!(refused(&Uri::from_static("/health"), &of(&pairs)).is_none(), expected, "{pairs:?}");
        };
        check("127.0.0.1:8080", None, true);
        check("localhost", None, true);
        check("[::1]:9", Some(b"http://[::1]:9"), true);
        check("127.0.0.1:8080", Some(b"http://127.0.0.1:8080"), true);
        check("127.0.0.1:8080", Some(b"http://evil.example"), false);
        check("127.0.0.1:8080", Some(b"null"), false);
        check("127.0.0.1:8080", Some(b"http://127.0.0.1:8080\xff"), false);
        check("127.0.0.1:8080", Some(b""), false);
        check("evil.example:8080", None, false);
        check("127.0.0.1.evil.example", None, false);
        check("127.0.0.1:80@evil.example", None, false);
        check("", None, false);
    }

    #[test]
    fn a_head_is_refused_by_what_is_wrong_with_it() {
        let host = (header::HOST, &b"localhost"[..]);
        let origin = (header::ORIGIN, &b"http://localhost"[..]);
        let large = [b'a'; HEADER_BYTES_MAX];
        let many: Vec<_> = std::iter::repeat_n((header::ACCEPT, &b"a"[..]), HEADERS_MAX).collect();
        let check = |uri: &str, pairs: &[(HeaderName, &[u8])], status: u16| {
            let problem = refused(&uri.parse().unwrap(), &of(pairs));
            assert_eq!(problem.map(|p| p.into_response().status().as_u16()), Some(status), "{uri}");
        };
        check("/", &[host.clone(), host.clone()], 400);
        check("/", &[host.clone(), origin.clone(), origin], 400);
        check("/", &[], 403);
        check("http://evil.example/", std::slice::from_ref(&host), 403);
        check(&format!("/{}", "a".repeat(TARGET_BYTES_MAX)), std::slice::from_ref(&host), 414);
        check("/", &[host.clone(), (header::COOKIE, &large)], 431);
        check("/", &[vec![host], many].concat(), 431);
    }
}
