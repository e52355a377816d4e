//! The requests, and what must come back.

use std::collections::BTreeSet;

use ideamine_core::ports::ProbeRequest;
use serde_json::{Map, Value, json};

use super::interface::{Collection, Field, Interface, Operation};
use super::schema;
use crate::draw::Draw;

/// Length of a text that no form would send, characters.
pub(super) const LONG_TEXT: usize = 100_000;
/// Fields of one collection that are left out, or filled wrongly, each in a request of its own.
const BROKEN_FIELDS_MAX: usize = 8;
/// Room that the hostile text needs, characters.
const HOSTILE_ROOM: usize = 120;
const JSON: &str = "application/json";

/// One request with what must hold of its answer.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    pub(super) request: ProbeRequest,
    pub(super) expect: Expect,
    /// Short name of the rule.
    pub(super) rule: &'static str,
    /// The request in words, for a finding.
    pub(super) what: String,
    /// Where in the interface.
    pub(super) place: String,
    /// Request that must have succeeded for this one to mean anything.
    pub(super) needs: Option<String>,
}

/// What must hold of an answer.
#[derive(Debug, Clone)]
pub(super) enum Expect {
    /// One of these codes.
    Status(Vec<u16>),
    /// One of these codes, and an `id` in the answer.
    Created(Vec<u16>),
    /// 200, and these fields with these values.
    Fields(Map<String, Value>),
    /// 200, and a list in which the record of that request stands.
    Listed(String),
    /// Refused: any 4xx.
    Refused,
    /// Anything but a server error.
    NoServerError,
    /// Anything but a server error, and this markup nowhere as markup.
    Escaped(String),
}

/// All requests for an interface, in order.
pub(super) fn of(interface: &Interface, draw: &mut Draw) -> Vec<Probe> {
    let mut made = Made { interface, draw, probes: Vec::new(), hostile: Vec::new() };
    made.add("health", "health", ("GET", "/health".to_owned(), None), Expect::Status(vec![200]), None);
    for collection in &interface.collections {
        made.records(collection);
    }
    for operation in &interface.others {
        made.other(operation);
    }
    let unknown = format!("/{}/{}", made.draw.word(), made.draw.word());
    made.add("unknown-path", "unknown-path", ("GET", unknown, None), Expect::Status(vec![404]), None);
    for hostile in std::mem::take(&mut made.hostile) {
        let id = format!("page-{hostile}");
        made.add("escaping", &id, ("GET", "/".to_owned(), None), Expect::Escaped(hostile), None);
    }
    made.add(
        "still-healthy",
        "health-after",
        ("GET", "/health".to_owned(), None),
        Expect::Status(vec![200]),
        None,
    );
    made.probes
}

/// More pages that were found by their links: none may show the hostile texts as markup.
pub(super) fn pages(probes: &[Probe], links: &BTreeSet<String>) -> Vec<Probe> {
    let hostile = probes.iter().filter(|p| matches!(p.expect, Expect::Escaped(_)));
    let asked = |link: &&String| {
        link.as_str() != "/" && !probes.iter().any(|p| p.request.method == "GET" && p.request.path == **link)
    };
    let page = |(at, link): (usize, &String), probe: &Probe| {
        let mut page = probe.clone();
        page.request.id = format!("{}-{at}", probe.request.id);
        page.request.path.clone_from(link);
        page.what = format!("GET {link}");
        page
    };
    let links: Vec<(usize, &String)> = links.iter().filter(asked).enumerate().collect();
    hostile.flat_map(|probe| links.iter().map(|link| page(*link, probe)).collect::<Vec<_>>()).collect()
}

type Call = (&'static str, String, Option<String>);

struct Made<'a> {
    interface: &'a Interface,
    draw: &'a mut Draw,
    probes: Vec<Probe>,
    /// Markup that was stored somewhere.
    hostile: Vec<String>,
}

impl Made<'_> {
    fn add(&mut self, rule: &'static str, id: &str, call: Call, expect: Expect, needs: Option<&str>) {
        let (method, path, body) = call;
        let what = format!("{method} {}", readable(&path));
        let place = format!("openapi.json#/paths/{}", readable(&path).replace('~', "~0").replace('/', "~1"));
        let body = body.map(|text| (text, JSON.to_owned()));
        let request = ProbeRequest { id: id.to_owned(), method: method.to_owned(), path, body };
        self.probes.push(Probe { request, expect, rule, what, place, needs: needs.map(str::to_owned) });
    }

    /// Adds words to what the last request is about.
    fn saying(&mut self, words: &str) {
        if let Some(last) = self.probes.last_mut() {
            last.what = format!("{} {words}", last.what);
        }
    }

    fn records(&mut self, c: &Collection) {
        let name = c.name.clone();
        let Some(record) = self.record(c, true) else {
            self.other(&c.create);
            return;
        };
        let created = format!("{name}-new");
        self.create(c, "create", &created, &record);
        self.read(c, "read-back", &format!("{name}-read"), &created, record.clone());
        if c.list.is_some() {
            let expect = Expect::Listed(created.clone());
            self.add("list", &format!("{name}-list"), ("GET", c.path.clone(), None), expect, Some(&created));
        }
        self.minimal(c);
        self.replaced(c, &created);
        self.refusals(c, &record);
        self.unknown_ids(c, &record);
        self.hostile_text(c, &record);
        self.long_text(c, &record);
        self.removed(c, &record);
        self.wrong_method(c);
    }

    fn wrong_method(&mut self, c: &Collection) {
        let taken = self.interface.others.iter().any(|op| op.method == "PATCH" && op.path == c.path);
        if !taken {
            let call = ("PATCH", c.path.clone(), Some("{}".to_owned()));
            let expect = Expect::Status(vec![405, 404, 400, 501]);
            self.add("wrong-method", &format!("{}-patch", c.name), call, expect, None);
        }
    }

    /// Values for all fields, or for the required ones only.
    fn record(&mut self, c: &Collection, optional_too: bool) -> Option<Map<String, Value>> {
        let mut record = Map::new();
        for field in c.fields.iter().filter(|field| field.required || optional_too) {
            match self.field(field) {
                Some(value) => record.insert(field.name.clone(), value),
                None if field.required => return None,
                None => None,
            };
        }
        Some(record)
    }

    fn field(&mut self, field: &Field) -> Option<Value> {
        match &field.refers_to {
            Some(other) => Some(json!(format!("{{{other}-new:/id}}"))),
            None => schema::value(&self.interface.root, &field.schema, self.draw),
        }
    }

    fn create(&mut self, c: &Collection, rule: &'static str, id: &str, record: &Map<String, Value>) {
        let expect = Expect::Created(or(&c.create.success, &[201]));
        // A record that refers to others can only be created after them.
        let needs = record.values().find_map(|value| reference(value).map(|(id, _)| id.to_owned()));
        self.add(rule, id, ("POST", c.path.clone(), Some(text(record))), expect, needs.as_deref());
    }

    fn read(
        &mut self,
        c: &Collection,
        rule: &'static str,
        id: &str,
        created: &str,
        record: Map<String, Value>,
    ) {
        if c.read.is_some() {
            let path = format!("{}/{{{created}:/id}}", c.path);
            self.add(rule, id, ("GET", path, None), Expect::Fields(record), Some(created));
        }
    }

    fn minimal(&mut self, c: &Collection) {
        if c.fields.iter().all(|field| field.required) {
            return;
        }
        let Some(record) = self.record(c, false) else { return };
        let created = format!("{}-minimal", c.name);
        self.create(c, "create", &created, &record);
        self.saying("with the required fields only");
        self.read(c, "read-back", &format!("{created}-read"), &created, record);
    }

    fn replaced(&mut self, c: &Collection, created: &str) {
        let Some(put) = c.replace.clone() else { return };
        let Some(record) = self.record(c, true) else { return };
        let path = format!("{}/{{{created}:/id}}", c.path);
        let expect = Expect::Status(or(&put.success, &[200, 204]));
        let id = format!("{}-replace", c.name);
        self.add("replace", &id, ("PUT", path, Some(text(&record))), expect, Some(created));
        self.read(c, "replace", &format!("{id}-read"), created, record);
        self.saying("after it was replaced");
    }

    fn refusals(&mut self, c: &Collection, record: &Map<String, Value>) {
        let post = |body: String| ("POST", c.path.clone(), Some(body));
        for field in c.fields.iter().filter(|field| field.required).take(BROKEN_FIELDS_MAX) {
            let mut broken = record.clone();
            broken.remove(&field.name);
            let id = format!("{}-without-{}", c.name, field.name);
            self.add("required-field", &id, post(text(&broken)), Expect::Refused, needed(record));
            self.saying(&format!("without the required field `{}`", field.name));
        }
        for field in c.fields.iter().take(BROKEN_FIELDS_MAX) {
            let Some(wrong) = schema::wrong(&field.schema) else { continue };
            let mut broken = record.clone();
            let shown = wrong.to_string();
            broken.insert(field.name.clone(), wrong);
            let id = format!("{}-wrong-{}", c.name, field.name);
            self.add("wrong-type", &id, post(text(&broken)), Expect::Refused, needed(&broken));
            self.saying(&format!(
                "with {shown} as `{}`, which is of type {}",
                field.name,
                schema::kind(&field.schema)
            ));
        }
        for (id, body, words) in [
            ("malformed", "{\"broken\": ", "with malformed JSON"),
            ("empty-body", "", "with an empty body"),
            ("no-object", "[1, 2, 3]", "with a JSON list instead of an object"),
        ] {
            self.add(
                "malformed-body",
                &format!("{}-{id}", c.name),
                post(body.to_owned()),
                Expect::Refused,
                None,
            );
            self.saying(words);
        }
    }

    fn unknown_ids(&mut self, c: &Collection, record: &Map<String, Value>) {
        let unknown = if c.id_kind == "integer" {
            (900_000_000 + self.draw.below(90_000_000)).to_string()
        } else {
            self.draw.uuid()
        };
        let path = format!("{}/{unknown}", c.path);
        let calls =
            [("GET", &c.read, None), ("PUT", &c.replace, Some(text(record))), ("DELETE", &c.delete, None)];
        for (method, _, body) in calls.into_iter().filter(|(_, operation, _)| operation.is_some()) {
            let id = format!("{}-unknown-{}", c.name, method.to_ascii_lowercase());
            let needs = if body.is_some() { needed(record) } else { None };
            self.add("unknown-id", &id, (method, path.clone(), body), Expect::Status(vec![404, 410]), needs);
            self.saying("for an id that does not exist");
        }
        if c.read.is_some() {
            let odd = format!("{}/{}%27%20OR%201=1", c.path, self.draw.word());
            self.add("unknown-id", &format!("{}-odd-id", c.name), ("GET", odd, None), Expect::Refused, None);
            self.saying("for an id that is no id");
        }
    }

    /// Quotes, markup and letters beyond ASCII must come back as they went, and never as markup on a page.
    fn hostile_text(&mut self, c: &Collection, record: &Map<String, Value>) {
        let word = self.draw.word();
        let script = format!("<script>{word}</script>");
        let hostile =
            format!("{word} O'Brien \"x\"; DROP TABLE x;-- {script} <b title='{word}'> & ü漢✓ %s {{}} \\n");
        let mut changed = record.clone();
        let takes =
            |field: &&Field| field.refers_to.is_none() && schema::is_free_text(&field.schema, HOSTILE_ROOM);
        for field in c.fields.iter().filter(takes) {
            changed.insert(field.name.clone(), json!(hostile));
        }
        if changed == *record {
            return;
        }
        let created = format!("{}-hostile", c.name);
        self.create(c, "hostile-text", &created, &changed);
        self.saying("with quotes, markup and other scripts in its texts");
        self.read(c, "hostile-text", &format!("{created}-read"), &created, changed);
        self.saying("after storing quotes, markup and other scripts");
        self.hostile.push(script);
    }

    /// 100 kB: stored whole where the interface allows it, refused where it does not, never an error of the server.
    fn long_text(&mut self, c: &Collection, record: &Map<String, Value>) {
        let free = |field: &&Field| field.refers_to.is_none() && schema::is_free_text(&field.schema, 1);
        let Some(field) = c.fields.iter().find(free) else { return };
        let mut changed = record.clone();
        let long: String = self.draw.word().chars().cycle().take(LONG_TEXT).collect();
        changed.insert(field.name.clone(), json!(long));
        let created = format!("{}-long", c.name);
        if schema::is_free_text(&field.schema, LONG_TEXT) {
            self.create(c, "long-text", &created, &changed);
            self.saying(&format!("with 100 kB of text as `{}`", field.name));
            self.read(c, "long-text", &format!("{created}-read"), &created, changed);
        } else {
            let call = ("POST", c.path.clone(), Some(text(&changed)));
            self.add("long-text", &created, call, Expect::Refused, needed(record));
            self.saying(&format!("with 100 kB of text as `{}`, over its maxLength", field.name));
        }
    }

    fn removed(&mut self, c: &Collection, record: &Map<String, Value>) {
        let Some(delete) = &c.delete else { return };
        let created = format!("{}-doomed", c.name);
        self.create(c, "delete", &created, record);
        let path = format!("{}/{{{created}:/id}}", c.path);
        let id = format!("{}-delete", c.name);
        let expect = Expect::Status(or(&delete.success, &[200, 202, 204]));
        self.add("delete", &id, ("DELETE", path.clone(), None), expect, Some(&created));
        if c.read.is_some() {
            let gone = Expect::Status(vec![404, 410]);
            self.add("delete", &format!("{id}-read"), ("GET", path, None), gone, Some(&id));
            self.saying("after it was deleted");
        }
    }

    /// An operation whose meaning is not known from outside: it must answer, and not break.
    fn other(&mut self, operation: &Operation) {
        let word = self.draw.word();
        let owner =
            self.interface.collections.iter().find(|c| operation.path.starts_with(&format!("{}/{{", c.path)));
        let path = filled(&operation.path, owner, &word);
        let body = operation.body.as_ref().map(|schema| {
            schema::value(&self.interface.root, schema, self.draw).unwrap_or_else(|| json!({})).to_string()
        });
        let method = ["GET", "POST", "PUT", "DELETE", "PATCH"].into_iter().find(|m| *m == operation.method);
        let simple = operation.method == "GET" && !operation.path.contains('{');
        let expect =
            if simple { Expect::Status(or(&operation.success, &[200])) } else { Expect::NoServerError };
        let needs = owner.map(|c| format!("{}-new", c.name));
        let id = format!("other-{}", self.probes.len());
        self.add("other-operation", &id, (method.unwrap_or("GET"), path, body), expect, needs.as_deref());
    }
}

/// The first parameter is the owner's record, every other one a word.
fn filled(path: &str, owner: Option<&Collection>, word: &str) -> String {
    let mut owner = owner.map(|c| format!("{{{}-new:/id}}", c.name));
    let part = |part: &str| match part.starts_with('{') {
        true => owner.take().unwrap_or_else(|| word.to_owned()),
        false => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// `{things-new:/id}` reads as `{id}`.
pub(super) fn readable(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{id}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/").replace("{id}/id}", "{id}")
}

fn text(record: &Map<String, Value>) -> String {
    Value::Object(record.clone()).to_string()
}

fn or(documented: &[u16], usual: &[u16]) -> Vec<u16> {
    if documented.is_empty() { usual.to_vec() } else { documented.to_vec() }
}

/// The request whose answer this value is taken from, and where in it.
pub(super) fn reference(value: &Value) -> Option<(&str, &str)> {
    value
        .as_str()?
        .strip_prefix('{')?
        .strip_suffix('}')?
        .split_once(':')
        .filter(|(_, pointer)| pointer.starts_with('/'))
}

fn needed(record: &Map<String, Value>) -> Option<&str> {
    record.values().find_map(|value| reference(value).map(|(id, _)| id))
}
