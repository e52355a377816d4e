# Composed by rules. No licence is stated.
"""The pages: what is kept, with plain forms to add, change and delete. No script is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app import about
from app.api import save
from app.forms import inputs, text_from, values_from
from app.layout import error_summary, frame, questions, section_id
from app.markup import Content, Markup, element, join
from app.messages import Request, Response, html_response, redirect
from app.model import Field, Resource, validate
from app.problems import Problem
from app.routing import Router
from app.storage import InUse, Storage

NEWEST_SHOWN = 10
OPTIONS_SHOWN = 200
CELL_LIMIT = 300
OPTION_LIMIT = 60

Texts = Mapping[str, str]
EMPTY: Texts = MappingProxyType({})


class Pages:
    """The page of all resources, and one to change each record."""

    def __init__(self, resources: Sequence[Resource], storage: Storage):
        self._resources = resources
        self._by_name = {resource.name: resource for resource in resources}
        self._storage = storage

    def register(self, router: Router) -> None:
        router.add("GET", "/", self.home)
        for resource in self._resources:
            ResourcePages(self, resource, self._storage).register(router)

    def home(self, _request: Request) -> Response:
        return html_response(200, self.home_page())

    def home_page(self, failed: Resource | None = None, texts: Texts = EMPTY, errors: Texts = EMPTY) -> str:
        """The home page; after a refused form with what was typed and what is wrong with it."""
        sections = [
            self._section(resource, texts, errors) if resource is failed else self._section(resource, EMPTY, EMPTY)
            for resource in self._resources
        ]
        content = [element("p", about.SUMMARY, class_="summary"), *sections, questions()]
        if not sections:
            content.insert(1, element("p", "No kind of record is set up yet.", class_="empty"))
        if failed and errors:
            content.insert(0, error_summary(failed, f"new-{failed.name}", errors))
        title = f"Error: {about.NAME}" if failed else about.NAME
        return frame(title, self._navigation(), join(*content))

    def options(self, field: Field) -> list[tuple[str, str]]:
        """The records that a reference can name."""
        target = self._by_name.get(field.target)
        if target is None:
            return []
        return [
            (str(record["id"]), option_label(target, record))
            for record in self._storage.newest(target, OPTIONS_SHOWN)
        ]

    def _navigation(self) -> Markup:
        links = [element("li", element("a", r.plural, href=f"#{section_id(r)}")) for r in self._resources]
        return element("nav", element("ul", *links), aria_label="Records") if links else Markup("")

    def _section(self, resource: Resource, texts: Texts, errors: Texts) -> Markup:
        heading = f"{section_id(resource)}-heading"
        description = element("p", resource.description) if resource.description else None
        return element(
            "section",
            element("h2", resource.plural, id=heading),
            description,
            self._table(resource) if resource.offers("list") else None,
            self._create_form(resource, texts, errors) if resource.offers("create") else None,
            id=section_id(resource),
            aria_labelledby=heading,
        )

    def _table(self, resource: Resource) -> Markup:
        records = self._storage.newest(resource, NEWEST_SHOWN)
        if not records:
            return element("p", "Nothing here yet.", class_="empty")
        count = self._storage.count(resource)
        shown = f", the newest {len(records)} shown" if count > len(records) else ""
        titles = ["Number", *(field.label for field in resource.fields)]
        changes = resource.offers("replace") or resource.offers("delete")
        head = [element("th", title, scope="col") for title in titles]
        if changes:
            head.append(element("th", "Change", scope="col"))
        rows = [self._row(resource, record, changes) for record in records]
        table = element(
            "table",
            element("caption", f"{resource.plural}: {count} in all{shown}"),
            element("thead", element("tr", *head)),
            element("tbody", *rows),
        )
        return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=resource.plural)

    def _row(self, resource: Resource, record: dict[str, Any], changes: bool) -> Markup:
        number = str(record["id"])
        cells = [element("td", self._cell(field, record[field.name])) for field in resource.fields]
        if changes:
            name = element("span", f" {resource.label} {number}", class_="hidden")
            cells.append(element("td", element("a", "Change", name, href=page_path(resource, record["id"]))))
        return element("tr", element("th", number, scope="row"), *cells)

    def _cell(self, field: Field, value: Any) -> str:
        target = self._by_name.get(field.target)
        record = self._storage.get(target, value) if target and value is not None else None
        return option_label(target, record) if target and record else cell(value)

    def _create_form(self, resource: Resource, texts: Texts, errors: Texts) -> Markup:
        add = f"Add {lower_first(resource.label)}"
        return element(
            "form",
            element("h3", add),
            inputs(resource, f"new-{resource.name}", texts, errors, self.options),
            element("button", add, type="submit"),
            method="post",
            action=page_path(resource),
        )


class ResourcePages:
    """Form targets of one resource, and the page that changes one record."""

    def __init__(self, pages: Pages, resource: Resource, storage: Storage):
        self._pages = pages
        self._resource = resource
        self._storage = storage

    def register(self, router: Router) -> None:
        resource, base = self._resource, page_path(self._resource)
        if resource.offers("create"):
            router.add("POST", base, self.create)
        if resource.offers("replace") or resource.offers("delete"):
            router.add("GET", base + "/{id}", self.change)
        if resource.offers("replace"):
            router.add("POST", base + "/{id}", self.replace)
        if resource.offers("delete"):
            router.add("POST", base + "/{id}/delete", self.delete)

    def create(self, request: Request) -> Response:
        require_same_origin(request)
        form = request.form()
        try:
            values = validate(self._resource, values_from(self._resource, form))
            save(lambda: self._storage.insert(self._resource, values))
        except Problem as problem:
            page = self._pages.home_page(self._resource, form, messages(problem))
            return html_response(problem.status, page)
        return redirect(f"/#{section_id(self._resource)}")

    def change(self, _request: Request, record_id: int) -> Response:
        record = self._record(record_id)
        texts = {field.name: text_from(field, record[field.name]) for field in self._resource.fields}
        return html_response(200, self._change_page(record_id, texts, EMPTY))

    def replace(self, request: Request, record_id: int) -> Response:
        require_same_origin(request)
        self._record(record_id)
        form = request.form()
        try:
            values = validate(self._resource, values_from(self._resource, form))
            save(lambda: self._storage.replace(self._resource, record_id, values))
        except Problem as problem:
            return html_response(problem.status, self._change_page(record_id, form, messages(problem)))
        return redirect(f"/#{section_id(self._resource)}")

    def delete(self, request: Request, record_id: int) -> Response:
        require_same_origin(request)
        self._record(record_id)
        try:
            self._storage.delete(self._resource, record_id)
        except InUse as error:
            raise Problem(409, "other records refer to this one; change or delete them first") from error
        return redirect(f"/#{section_id(self._resource)}")

    def _record(self, record_id: int) -> dict[str, Any]:
        record = self._storage.get(self._resource, record_id)
        if record is None:
            raise Problem(404, f"there is no {self._resource.name} with id {record_id}")
        return record

    def _change_page(self, record_id: int, texts: Texts, errors: Texts) -> str:
        resource, path = self._resource, page_path(self._resource, record_id)
        title = f"{resource.label} {record_id}"
        content: list[Content] = [error_summary(resource, "change", errors) if errors else None]
        content.append(element("h2", title))
        if resource.offers("replace"):
            fields = inputs(resource, "change", texts, errors, self._pages.options)
            save_button = element("button", "Save", type="submit")
            content.append(element("form", fields, save_button, method="post", action=path))
        if resource.offers("delete"):
            remove = element("button", f"Delete {lower_first(title)}", type="submit", class_="danger")
            content.append(element("form", remove, method="post", action=path + "/delete"))
        back = element("a", f"Back to all {lower_first(resource.plural)}", href=f"/#{section_id(resource)}")
        content.append(element("p", back))
        return frame(f"{title} – {about.NAME}", Markup(""), join(*content))


def messages(problem: Problem) -> dict[str, str]:
    """What is wrong by field; anything else than wrong values goes on as it is."""
    if not problem.errors:
        raise problem
    return {error["pointer"][len("#/") :]: error["detail"] for error in problem.errors}


def require_same_origin(request: Request) -> None:
    """Refuses a form that another site sent (cross-site request forgery)."""
    site, origin = request.header("sec-fetch-site"), request.header("origin")
    foreign = origin and origin.split("://")[-1] != request.header("host")
    if site not in ("", "same-origin", "none") or foreign:
        raise Problem(403, "the form was sent from another site")


def page_path(resource: Resource, record_id: int | None = None) -> str:
    return f"/page/{resource.name}" + ("" if record_id is None else f"/{record_id}")


def cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return shortened(str(value), CELL_LIMIT)


def option_label(resource: Resource, record: dict[str, Any]) -> str:
    """The record's number and its first text."""
    texts = [record[field.name] for field in resource.fields if field.kind == "text" and record[field.name]]
    return shortened(" ".join([f"#{record['id']}", *texts[:1]]), OPTION_LIMIT)


def shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
