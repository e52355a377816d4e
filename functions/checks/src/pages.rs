//! Pages and style sheets as they were served: what a person would see, for the gate on look and accessibility.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::ports::{Exchange, JobResult, ProbeRequest};

/// Most links of all pages that are followed.
const LINKS_MAX: usize = 20;
/// Longest link that is followed, bytes: each becomes a request, once for every text that must not show as markup.
const LINK_BYTES_MAX: usize = 2_048;
/// Most pages and style sheets that are kept.
const KEPT_MAX: usize = 24;
/// Largest page or style sheet that is kept, bytes.
const KEPT_BYTES_MAX: usize = 256 * 1024;

/// Something that was served.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Served {
    /// `page:/things` or `style:/style.css`.
    pub(crate) name: String,
    pub(crate) content: String,
}

/// Links on the pages that came back, to the application itself; style sheets are among them.
pub(crate) fn links(job: &JobResult) -> BTreeSet<String> {
    let pages = job.exchanges.iter().filter(|exchange| kind(exchange) == Some("page"));
    pages.flat_map(|page| local_links(&page.body)).take(LINKS_MAX).collect()
}

fn local_links(html: &str) -> impl Iterator<Item = String> {
    let targets = html.split("href=").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split(quote).next()
    });
    let local = targets.map(|target| target.split('#').next().unwrap_or(target));
    let local = local.filter(|target| target.starts_with('/') && !target.starts_with("//"));
    let local = local.filter(|target| target.len() <= LINK_BYTES_MAX);
    let plain = |target: &&str| target.bytes().all(|b| (0x21..=0x7e).contains(&b) && !b"{}&".contains(&b));
    local.filter(plain).map(str::to_owned)
}

fn kind(exchange: &Exchange) -> Option<&'static str> {
    let kind = exchange.content_type.as_deref().filter(|_| exchange.status == Some(200))?;
    match kind {
        kind if kind.starts_with("text/html") => Some("page"),
        kind if kind.starts_with("text/css") => Some("style"),
        _ => None,
    }
}

/// Everything that was served as a page or a style sheet; of one path the last.
pub(crate) fn served(requests: &[ProbeRequest], job: &JobResult) -> Vec<Served> {
    let plain =
        requests.iter().zip(&job.exchanges).filter(|(r, _)| r.method == "GET" && !r.path.contains('{'));
    let kept = plain.filter_map(|(request, exchange)| {
        let fits = exchange.body.len() <= KEPT_BYTES_MAX;
        kind(exchange)
            .filter(|_| fits)
            .map(|kind| (format!("{kind}:{}", request.path), exchange.body.clone()))
    });
    let by_name: BTreeMap<String, String> = kept.collect();
    by_name.into_iter().take(KEPT_MAX).map(|(name, content)| Served { name, content }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_the_application_itself_are_followed() {
        let check =
            |html: &str, links: &[&str]| assert_eq!(local_links(html).collect::<Vec<_>>(), links, "{html}");
        check("<a href=\"/a\">x</a><link href='/s.css'>", &["/a", "/s.css"]);
        check("<a href=\"/a?b=1#c\">", &["/a?b=1"]);
        check(&format!("<a href=\"/{}\">", "a".repeat(LINK_BYTES_MAX)), &[]);
        check("<a href=\"https://example.org/\"><a href=\"//x\"><a href=\"#top\"><a href=/bare>", &[]);
        check("<a href=\"/a b\"><a href=\"/{id}\"><a href=\"/x?a=1&amp;b=2\">", &[]);
    }
}
