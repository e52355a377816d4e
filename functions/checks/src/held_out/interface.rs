//! What an OpenAPI document promises: collections of records, and other operations.

use serde_json::{Map, Value};

use super::schema::{kind, resolve};

/// Most collections that are tried.
const COLLECTIONS_MAX: usize = 30;
/// Most other operations that are tried.
const OTHERS_MAX: usize = 60;
const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

/// An interface as the requests are made from it.
#[derive(Debug)]
pub(super) struct Interface {
    /// The document, for resolving references.
    pub(super) root: Value,
    /// In an order in which each can be created after those it refers to.
    pub(super) collections: Vec<Collection>,
    /// Operations that belong to no collection.
    pub(super) others: Vec<Operation>,
    /// Why some were left out, one sentence each.
    pub(super) not_tried: Vec<String>,
}

/// Records under one path: `/things` with POST, and what there is of `/things/{id}`.
#[derive(Debug, Clone)]
pub(super) struct Collection {
    /// `/things`.
    pub(super) path: String,
    /// Short name, `things`, unique.
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    pub(super) list: Option<Operation>,
    pub(super) create: Operation,
    pub(super) read: Option<Operation>,
    pub(super) replace: Option<Operation>,
    pub(super) delete: Option<Operation>,
    /// Type of its ids: `integer` or `string`.
    pub(super) id_kind: String,
    /// Name of the schema that a record is created with, `Thing`.
    entity: Option<String>,
}

/// One field that a record is created with.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    /// Resolved.
    pub(super) schema: Value,
    pub(super) required: bool,
    /// Name of the collection whose ids it takes.
    pub(super) refers_to: Option<String>,
}

/// One operation.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    /// `GET`.
    pub(super) method: String,
    /// `/things/{id}`.
    pub(super) path: String,
    /// Schema of its body, unresolved.
    pub(super) body: Option<Value>,
    /// Its documented 2xx codes.
    pub(super) success: Vec<u16>,
}

impl Operation {
    /// `GET /things/{id}`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn takes(&self, path: &str) -> bool {
        let fits = |(template, part): (&str, &str)| template.starts_with('{') || template == part;
        self.path.split('/').count() == path.split('/').count()
            && self.path.split('/').zip(path.split('/')).all(fits)
    }
}

impl Interface {
    /// Reads a document.
    pub(super) fn read(root: &Value) -> Result<Self, String> {
        let paths = root["paths"].as_object().filter(|paths| !paths.is_empty());
        let paths = paths.ok_or("the document has no paths: an interface needs at least one operation")?;
        let operations: Vec<Operation> =
            paths.iter().flat_map(|(path, item)| operations(root, path, item)).collect();
        let mut not_tried = Vec::new();
        let mut collections = Vec::new();
        for create in operations.iter().filter(|op| op.method == "POST" && !op.path.contains('{')) {
            match collection(root, &operations, create) {
                Some(found) if collections.len() < COLLECTIONS_MAX => collections.push(found),
                Some(found) => not_tried
                    .push(format!("{} was not tried: over {COLLECTIONS_MAX} collections", found.path)),
                None => {}
            }
        }
        link(&mut collections);
        let collections = in_order(collections, &mut not_tried);
        let ours = |op: &&Operation| !collections.iter().any(|c: &Collection| c.owns(op));
        let others = operations.iter().filter(ours).take(OTHERS_MAX).cloned().collect();
        Ok(Self { root: root.clone(), collections, others, not_tried })
    }
}

impl Interface {
    /// The operation that a request is one of: by its very path, or else by a template.
    pub(super) fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let path = path.split('?').next().unwrap_or_default();
        let exact = self.operations().find(|op| op.method == method && op.path == path);
        exact.or_else(|| self.operations().find(|op| op.method == method && op.takes(path)))
    }

    /// Every operation.
    pub(super) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.collections.iter().flat_map(Collection::operations).chain(&self.others)
    }
}

impl Collection {
    fn operations(&self) -> impl Iterator<Item = &Operation> {
        let item = [self.list.as_ref(), self.read.as_ref(), self.replace.as_ref(), self.delete.as_ref()];
        std::iter::once(&self.create).chain(item.into_iter().flatten())
    }

    /// Whether it keeps records of this entity.
    fn holds(&self, entity: &str) -> bool {
        let by_schema = self.entity.as_ref().is_some_and(|own| is_schema_of(own, entity));
        by_schema || is_plural(&self.name, entity)
    }

    fn owns(&self, op: &Operation) -> bool {
        self.operations().any(|own| own.method == op.method && own.path == op.path)
    }
}

fn operations(root: &Value, path: &str, item: &Value) -> Vec<Operation> {
    let of = |method: &&str| {
        let op = item.get(*method)?;
        let body = content(&resolve(root, &op["requestBody"]));
        Some(Operation {
            method: method.to_uppercase(),
            path: path.to_owned(),
            body,
            success: success(&op["responses"]),
        })
    };
    METHODS.iter().filter_map(of).collect()
}

fn success(responses: &Value) -> Vec<u16> {
    let named = responses.as_object().into_iter().flat_map(Map::keys);
    let codes = named.flat_map(|code| match code.as_str() {
        "2XX" => (200..300).collect(),
        code => code.parse().into_iter().collect::<Vec<u16>>(),
    });
    codes.filter(|code| (200..300).contains(code)).collect()
}

/// The schema of a JSON body or answer.
fn content(holder: &Value) -> Option<Value> {
    let kinds = holder["content"].as_object()?;
    kinds.iter().find(|(kind, _)| kind.contains("json")).map(|(_, media)| media["schema"].clone())
}

fn collection(root: &Value, operations: &[Operation], create: &Operation) -> Option<Collection> {
    let schema = resolve(root, create.body.as_ref()?);
    let fields = fields(root, &schema)?;
    let is_item = |path: &str| {
        let rest = path.strip_prefix(&create.path).and_then(|rest| rest.strip_prefix("/{"));
        rest.is_some_and(|rest| rest.ends_with('}') && !rest.contains('/'))
    };
    let item = |method: &str| operations.iter().find(|op| op.method == method && is_item(&op.path)).cloned();
    let list = operations.iter().find(|op| op.method == "GET" && op.path == create.path).cloned();
    Some(Collection {
        path: create.path.clone(),
        name: word(&create.path),
        fields,
        list,
        create: create.clone(),
        read: item("GET"),
        replace: item("PUT"),
        delete: item("DELETE"),
        id_kind: id_kind(root, &create.path),
        entity: create
            .body
            .as_ref()
            .and_then(|body| body["$ref"].as_str()?.rsplit('/').next().map(str::to_owned)),
    })
}

/// Fields that a client sends; `None` when the body is no object.
fn fields(root: &Value, schema: &Value) -> Option<Vec<Field>> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let all = schema["properties"].as_object()?.iter();
    let own = all.filter(|(name, field)| *name != "id" && field["readOnly"] != true);
    let field = |(name, schema): (&String, &Value)| {
        let refers_to =
            ["x-references", "x-reference", "x-entity"].iter().find_map(|word| schema[*word].as_str());
        Field {
            name: name.clone(),
            schema: resolve(root, schema),
            required: required.contains(&name.as_str()),
            refers_to: refers_to.map(str::to_owned),
        }
    };
    Some(own.map(field).collect())
}

/// Type of the `id` in the answer to a creation.
fn id_kind(root: &Value, path: &str) -> String {
    let responses = &root["paths"][path]["post"]["responses"];
    let created = ["201", "200"].iter().find_map(|code| content(&resolve(root, &responses[*code])));
    let id = created.map(|schema| resolve(root, &resolve(root, &schema)["properties"]["id"]));
    let known = id.filter(|id| id.is_object()).map(|id| kind(&id).to_owned());
    known.unwrap_or_else(|| "integer".to_owned())
}

fn word(path: &str) -> String {
    path.trim_matches('/').replace(['/', '.'], "-")
}

/// Finds which fields name records of other collections: said by the document, or by name and type.
fn link(collections: &mut [Collection]) {
    let known = collections.to_vec();
    for field in collections.iter_mut().flat_map(|c| &mut c.fields) {
        let said = field.refers_to.take();
        let target = known.iter().find(|c| match &said {
            Some(said) => c.path == *said || c.holds(said),
            None => kind(&field.schema) == c.id_kind && c.holds(field.name.trim_end_matches("_id")),
        });
        // What the document calls a reference stays one, also to what nobody can create.
        field.refers_to = target.map(|c| c.name.clone()).or(said);
    }
}

fn plain(text: &str) -> String {
    text.to_ascii_lowercase().replace(['-', '_'], "")
}

/// `Thing`, and also `NewThing` or `ThingInput`.
fn is_schema_of(schema: &str, entity: &str) -> bool {
    let (schema, entity) = (plain(schema), plain(entity));
    let rest = schema.split_once(&entity).filter(|_| !entity.is_empty());
    rest.is_some_and(|(before, after)| {
        matches!(before, "" | "new" | "create")
            && matches!(after, "" | "input" | "create" | "new" | "write" | "body" | "fields")
    })
}

fn is_plural(plural: &str, singular: &str) -> bool {
    let last = plural.rsplit('-').next().unwrap_or(plural);
    let (whole, last, one) = (plain(plural), plain(last), plain(singular));
    let ys = one.strip_suffix('y').map(|stem| format!("{stem}ies"));
    let ves = one.strip_suffix("fe").or_else(|| one.strip_suffix('f')).map(|stem| format!("{stem}ves"));
    let forms = [Some(one.clone()), Some(format!("{one}s")), Some(format!("{one}es")), ys, ves];
    !one.is_empty() && forms.into_iter().flatten().any(|form| form == whole || form == last)
}

/// Those without a needed reference first; what must refer to itself, in a circle, or to what has no POST cannot be created.
fn in_order(mut open: Vec<Collection>, not_tried: &mut Vec<String>) -> Vec<Collection> {
    let mut placed: Vec<Collection> = Vec::new();
    while !open.is_empty() {
        let ready = |c: &Collection| {
            let needed = c.fields.iter().filter(|f| f.required).filter_map(|f| f.refers_to.as_ref());
            needed.into_iter().all(|name| placed.iter().any(|p| p.name == *name))
        };
        let Some(at) = open.iter().position(ready) else { break };
        let mut next = open.remove(at);
        // An optional reference to what comes later is left out.
        next.fields
            .retain(|f| f.refers_to.as_ref().is_none_or(|name| placed.iter().any(|p| p.name == *name)));
        placed.push(next);
    }
    let circle =
        |c: &Collection| format!("{} was not tried: records that it must refer to cannot be created", c.path);
    not_tried.extend(open.iter().map(circle));
    placed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_names_another_collection_by_name_and_type() {
        let check = |plural: &str, singular: &str, yes: bool| {
            assert_eq!(is_plural(plural, singular), yes, "{plural} {singular}")
        };
        check("technicians", "technician", true);
        check("api-v1-technicians", "technician", true);
        check("work-orders", "work_order", true);
        check("companies", "company", true);
        check("boxes", "box", true);
        check("shelves", "shelf", true);
        check("things", "thin", false);
        check("things", "", false);
    }

    #[test]
    fn a_schema_names_its_entity() {
        let check = |schema: &str, entity: &str, yes: bool| {
            assert_eq!(is_schema_of(schema, entity), yes, "{schema} {entity}")
        };
        check("Mouse", "mouse", true);
        check("NewWorkOrder", "work_order", true);
        check("MouseInput", "mouse", true);
        check("MouseTrap", "mouse", false);
        check("Mouse", "", false);
    }

    #[test]
    fn collections_come_after_those_they_need() {
        let body = |fields: Value, required: &[&str]| json!({"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": fields, "required": required}}}}});
        let root = json!({"paths": {
            "/a-visits": {"post": body(json!({"technician_id": {"type": "integer"}}), &["technician_id"])},
            "/loops": {"post": body(json!({"ring": {"type": "integer"}}), &["ring"])},
            "/rings": {"post": body(json!({"loop": {"type": "integer"}}), &["loop"])},
            "/technicians": {"post": body(json!({"name": {"type": "string"}, "log": {"type": "integer", "x-reference": "/logs"}}), &["name"]), "get": {}},
            "/technicians/{id}": {"get": {"responses": {"200": {}, "404": {}}}},
            "/technicians/{id}/notes": {"get": {}},
        }});
        let interface = Interface::read(&root).unwrap();
        let paths: Vec<&str> = interface.collections.iter().map(|c| c.path.as_str()).collect();
        assert_eq!(paths, ["/technicians", "/a-visits"]);
        assert_eq!(interface.not_tried.len(), 2, "{:?}", interface.not_tried);
        assert_eq!(interface.collections[0].fields.len(), 1, "nobody can create logs");
        assert_eq!(interface.collections[0].read.as_ref().unwrap().success, [200]);
        let others: Vec<&str> = interface.others.iter().map(|op| op.path.as_str()).collect();
        assert_eq!(others, ["/loops", "/rings", "/technicians/{id}/notes"]);
    }

    #[test]
    fn a_document_without_paths_is_refused() {
        assert!(Interface::read(&json!({"openapi": "3.1.0"})).is_err());
        assert!(Interface::read(&json!({"paths": {}})).is_err());
    }
}
