//! The requests that the harness makes of a probed job, and what came back.
//!
//! Answers are kept as text within the job's limits. Of their JSON only the values that a later request refers to
//! are kept: a tree of values takes many times the memory of its text.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use ideamine_core::ports::{Exchange, JobLimits, ProbeRequest};
use serde_json::Value;

use super::http::{self, Bounds};
use super::references::{as_text, fill_body, fill_path, parts, percent_encoded};
use super::socket::Socket;

/// Longest wait for one answer. The first includes the program's start.
const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// Most values in the JSON of one answer, about: whoever parses it holds a tree of so many.
const JSON_VALUES_MAX: usize = 200_000;
/// Longest value that a later request can take from an answer, bytes of JSON.
const CAPTURED_BYTES_MAX: usize = 4 * 1024;

/// Makes all requests in order; those that can no longer be made say why.
pub(super) fn make(
    socket: &Socket,
    requests: &[ProbeRequest],
    limits: &JobLimits,
    deadline: Instant,
) -> Vec<Exchange> {
    let mut probe = Probe { socket, limits, deadline, kept: 0, captured: Captured::wanted_by(requests) };
    requests.iter().map(|request| probe.exchange(request)).collect()
}

struct Probe<'a> {
    socket: &'a Socket,
    limits: &'a JobLimits,
    deadline: Instant,
    /// Bytes of all answers so far.
    kept: usize,
    captured: Captured,
}

impl Probe<'_> {
    fn exchange(&mut self, request: &ProbeRequest) -> Exchange {
        let id = request.id.clone();
        match self.answer(request) {
            Err(reason) => {
                self.captured.none(&id, &reason);
                Exchange { id, status: None, content_type: None, body: String::new(), error: Some(reason) }
            }
            Ok((status, content_type, body)) => {
                self.kept += content_type.len() + body.len();
                self.captured.take(&id, &body);
                let content_type = Some(content_type).filter(|kind| !kind.is_empty());
                Exchange { id, status: Some(status), content_type, body, error: None }
            }
        }
    }

    fn answer(&self, request: &ProbeRequest) -> Result<(u16, String, String), String> {
        let path = fill_path(&request.path, |r| Ok(percent_encoded(&as_text(self.captured.get(r)?)?)))?;
        let fill = |text: &str| fill_body(text, |r| Ok(self.captured.get(r)?.to_string()));
        let body = request.body.as_ref().map(|(text, kind)| Ok::<_, String>((fill(text)?, kind)));
        let body = body.transpose()?;
        let body = body.as_ref().map(|(text, kind)| (text.as_str(), kind.as_str()));
        plain_words(&request.method, &path, body.map_or("", |b| b.1))?;
        let bounds = self.bounds()?;
        let stream = self.socket.connect().map_err(|e| format!("nothing listens: {e}"))?;
        let answer = http::request(stream, &request.method, &path, body, bounds.clone())?;
        let text = String::from_utf8(answer.body)
            .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        // Replacement characters are longer than what they replace.
        if text.len() > bounds.bytes {
            return Err(bounds.over);
        }
        if values_about(&text) > JSON_VALUES_MAX {
            return Err(format!("the answer's JSON has over {JSON_VALUES_MAX} values"));
        }
        Ok((answer.status, answer.content_type, text))
    }

    fn bounds(&self) -> Result<Bounds, String> {
        let (one, all) = (self.limits.answer_bytes, self.limits.answers_bytes);
        let left = all.saturating_sub(self.kept);
        let over = if left < one {
            format!("the answers of this job are over {all} bytes together")
        } else {
            format!("the answer is over {one} bytes")
        };
        if left == 0 {
            return Err(over);
        }
        Ok(Bounds { bytes: one.min(left), over, deadline: self.deadline.min(Instant::now() + ANSWER_WAIT) })
    }
}

/// An upper bound for text that may be JSON: every value but one has a comma or a bracket before it.
fn values_about(text: &str) -> usize {
    let json = text.trim_start().starts_with(['[', '{']);
    if json { text.bytes().filter(|b| b",:[{".contains(b)).count() } else { 0 }
}

/// What later requests take from earlier answers: by request, by pointer. Until the answer came, a value is a reason.
#[derive(Debug, Default)]
struct Captured(BTreeMap<String, BTreeMap<String, Result<Value, String>>>);

impl Captured {
    /// Nothing yet; only what is wanted will be kept.
    fn wanted_by(requests: &[ProbeRequest]) -> Self {
        let mut wanted = BTreeSet::new();
        // A template that cannot be filled says so when its request is made.
        for request in requests {
            let mut want = |reference: &str| {
                wanted.insert(reference.to_owned());
                Ok(String::new())
            };
            let _ = fill_path(&request.path, &mut want);
            let _ = request.body.as_ref().map(|(text, _)| fill_body(text, &mut want));
        }
        let mut captured = Self::default();
        for (id, pointer) in wanted.iter().filter_map(|reference| parts(reference)) {
            let none = Err(format!("request `{id}` had no answer to take a value from"));
            captured.0.entry(id.to_owned()).or_default().insert(pointer.to_owned(), none);
        }
        captured
    }

    fn none(&mut self, id: &str, reason: &str) {
        for value in self.0.get_mut(id).into_iter().flat_map(BTreeMap::values_mut) {
            *value = Err(format!("request `{id}` had no answer to take a value from: {reason}"));
        }
    }

    fn take(&mut self, id: &str, body: &str) {
        let Some(wanted) = self.0.get_mut(id) else { return };
        let json = serde_json::from_str::<Value>(body);
        for (pointer, value) in wanted {
            let found = json.as_ref().ok().map(|json| json.pointer(pointer));
            *value = match found {
                None => Err(format!("request `{id}` had no JSON answer to take a value from")),
                Some(None) => Err(format!("the answer to request `{id}` has no `{pointer}`")),
                Some(Some(found)) if found.to_string().len() > CAPTURED_BYTES_MAX => Err(format!(
                    "`{pointer}` in the answer to request `{id}` is over {CAPTURED_BYTES_MAX} bytes"
                )),
                Some(Some(found)) => Ok(found.clone()),
            };
        }
    }

    fn get(&self, reference: &str) -> Result<&Value, String> {
        let value = parts(reference).and_then(|(id, pointer)| self.0.get(id)?.get(pointer));
        let value = value.ok_or_else(|| format!("`{{{reference}}}` is no reference"))?;
        value.as_ref().map_err(String::clone)
    }
}

/// A value that an answer chose must not be able to write a request of its own.
fn plain_words(method: &str, path: &str, kind: &str) -> Result<(), String> {
    let visible = |text: &str| text.bytes().all(|b| (0x21..=0x7e).contains(&b));
    let kind_fits = kind.bytes().all(|b| (0x20..=0x7e).contains(&b));
    if path.starts_with('/') && visible(path) && visible(method) && !method.is_empty() && kind_fits {
        return Ok(());
    }
    Err("the request has no usable method, path or content type".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(id: &str, path: &str, body: Option<&str>) -> ProbeRequest {
        let body = body.map(|text| (text.to_owned(), "application/json".to_owned()));
        ProbeRequest { id: id.to_owned(), method: "POST".to_owned(), path: path.to_owned(), body }
    }

    #[test]
    fn only_what_a_request_refers_to_is_captured() {
        let requests = [
            request("a", "/", Some("{}")),
            request(
                "b",
                "/{a:/id}/{a:/list/0/id}/{a:/nothing}",
                Some(r#"{"of":"{a:/long}","by":"{b:/id}"}"#),
            ),
            request("c", "/{b:/id}", None),
        ];
        let mut captured = Captured::wanted_by(&requests);
        let long = "x".repeat(CAPTURED_BYTES_MAX);
        captured.take("a", &json!({"id": 7, "list": [{"id": "u"}], "long": long, "other": 1}).to_string());
        captured.take("b", "no JSON");
        captured.none("c", "closed");
        let check = |reference: &str, got: Result<Value, &str>| match (captured.get(reference), got) {
            (Ok(value), Ok(expected)) => assert_eq!(*value, expected),
            (Err(reason), Err(expected)) => assert!(reason.contains(expected), "{reason}"),
            (value, expected) => panic!("{reference}: {value:?}, not {expected:?}"),
        };
        check("a:/id", Ok(json!(7)));
        check("a:/list/0/id", Ok(json!("u")));
        check("a:/nothing", Err("has no `/nothing`"));
        check("a:/long", Err("is over 4096 bytes"));
        check("a:/other", Err("is no reference"));
        check("b:/id", Err("no JSON answer"));
        check("c:/id", Err("is no reference"));
    }

    #[test]
    fn values_are_never_more_than_counted() {
        let check = |text: &str, most: usize| {
            assert_eq!(values_about(text), most, "{text}");
        };
        check("[]", 1);
        check(" [1,[2],{\"a\":3}]", 6);
        check("a page, with commas, [and] brackets", 0);
    }

    #[test]
    fn an_unusable_request_is_never_sent() {
        assert!(plain_words("GET", "/a b", "").is_err());
        assert!(plain_words("GET\r\n", "/", "").is_err());
        assert!(plain_words("GET", "", "").is_err());
        assert!(plain_words("POST", "/a?b=%20", "application/json; charset=utf-8").is_ok());
    }
}
