//! The application under check: its description and its source files, read from the store.

use ideamine_core::artifacts::{App, Document, TreeEntry};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobLimits, JobSpec, ProbeRequest, SourceFile, conflicts};
use ideamine_core::{Ctx, Digest, Failure};

/// Most bytes of a source tree that is laid out.
const TREE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Where the application keeps its data inside the sandbox: private, empty, gone afterwards.
const DATA: &str = "/tmp/data";

/// An application that can be laid out.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) app: App,
    pub(crate) files: Vec<SourceFile>,
}

/// Why an application cannot even be tried, for its author.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// Something to mend in the application.
    Finding { place: String, message: String },
    /// Not the application's fault.
    Failure(Failure),
}

impl From<Failure> for Unusable {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Source {
    /// Reads `app.json` and every file that it names.
    pub(crate) async fn load(ctx: &Ctx, app: &Digest) -> Result<Self, Unusable> {
        let app = ctx.get_json::<Document<App>>(app).await?.body;
        let size: u64 = app.tree.files.iter().map(|file| file.bytes).sum();
        if app.tree.files.is_empty() || size > TREE_BYTES_MAX {
            let message = format!(
                "the tree has {} files with {size} bytes: expected 1 or more files with at most {TREE_BYTES_MAX} bytes in all",
                app.tree.files.len()
            );
            return Err(Unusable::Finding { place: "app.json#/body/tree".to_owned(), message });
        }
        if let Some((path, message)) = unusable(&app.tree.files) {
            return Err(Unusable::Finding { place: place(path, None), message });
        }
        let mut files = Vec::with_capacity(app.tree.files.len());
        for entry in &app.tree.files {
            let content =
                String::from_utf8(ctx.get(&entry.digest).await?).map_err(|_| Unusable::Finding {
                    place: place(&entry.path, None),
                    message: "the file is not UTF-8 text: source files must be".to_owned(),
                })?;
            files.push(SourceFile { path: entry.path.clone(), content });
        }
        Ok(Self { app, files })
    }

    /// A job in this tree.
    pub(crate) fn job(&self, argv: Vec<String>, wall_ms: u64) -> JobSpec {
        let limits = JobLimits { wall_ms, cpu_s: wall_ms.div_ceil(1000), ..JobLimits::default() };
        let (files, env, requests) = (self.files.clone(), Vec::new(), Vec::new());
        JobSpec { argv, files, env, limits, requests, collect: false }
    }

    /// The server, to be asked these requests.
    pub(crate) fn served(&self, requests: Vec<ProbeRequest>, wall_ms: u64) -> JobSpec {
        let options = ["--inherit", "--data", DATA].map(str::to_owned);
        let argv = self.app.start.iter().cloned().chain(options).collect();
        let mut job = self.job(argv, wall_ms);
        job.requests = requests;
        job
    }

    /// The start command as a person would use it.
    pub(crate) fn start_again(&self) -> Vec<String> {
        let options = ["--port", "8080", "--data", "data"].map(str::to_owned);
        self.app.start.iter().cloned().chain(options).collect()
    }
}

/// A path that cannot be laid out, or not on every system, and why.
fn unusable(files: &[TreeEntry]) -> Option<(&str, String)> {
    let paths = || files.iter().map(|file| file.path.as_str());
    if let Some(path) = paths().find(|path| !path.is_ascii()) {
        return Some((path, "a path must hold ASCII characters only".to_owned()));
    }
    let (path, other) = conflicts(paths()).into_iter().next()?;
    Some((
        path,
        format!(
            "it cannot stand beside `{other}`: a file is no folder, and names may not differ in case alone"
        ),
    ))
}

/// A file of the tree as findings name it, with its line.
pub(crate) fn place(path: &str, line: Option<u64>) -> String {
    line.map_or_else(|| format!("app/{path}"), |line| format!("app/{path}:{line}"))
}

/// Whether this failure of the sandbox is the application's own fault (a path that cannot be laid out, an empty command).
pub(crate) fn is_its_own_fault(failure: &Failure) -> bool {
    failure.kind == FailureKind::InputInvalid
}
