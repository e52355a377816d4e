//! A command's way to the runs: to a data directory as its owner, or through its owner; or to a deployed API.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_core::{Failure, RunId};
use serde_json::Value;

use crate::app::{App, Keep, Opened};
use crate::config::Config;
use crate::control::{self, Remote};
use crate::models::ModelChoice;
use crate::service::Ask;

/// How long a directory that is owned but does not answer is tried: its owner may be starting or ending.
const OWNER_TRIES: u32 = 100;
/// Between tries.
const OWNER_PAUSE: Duration = Duration::from_millis(100);

/// Either end.
pub(crate) enum Link {
    /// This process owns the directory.
    Owner(Arc<App>),
    /// Another process does.
    Other(Remote),
    /// There is no directory: the runs are a deployed stack's.
    #[cfg(feature = "aws")]
    Deployed(crate::remote::Api),
}

/// A link that finds its way again when the owner dies.
pub(crate) struct DataDir {
    data_dir: PathBuf,
    model: ModelChoice,
    purpose: Purpose,
    link: Link,
}

/// What a command wants of the directory.
#[derive(Clone, PartialEq, Eq)]
enum Purpose {
    /// Functions are called; which runs go on is said.
    Work(Keep),
    /// Nothing is called.
    Read,
}

impl DataDir {
    /// Opens the directory, or connects to whoever owns it.
    pub(crate) async fn open(data_dir: &Path, model: ModelChoice, keep: Keep) -> Result<Self, Failure> {
        Self::open_for(data_dir, model, Purpose::Work(keep)).await
    }

    /// Says which run this command follows, in case it must take over from an owner that went away.
    pub(crate) fn follow(&mut self, run: &RunId) {
        if self.purpose != Purpose::Read && self.purpose != Purpose::Work(Keep::All) {
            self.purpose = Purpose::Work(Keep::Only(Some(run.clone())));
        }
    }

    /// As [`DataDir::open`], but no function is called by this process.
    pub(crate) async fn open_to_read(data_dir: &Path, model: ModelChoice) -> Result<Self, Failure> {
        Self::open_for(data_dir, model, Purpose::Read).await
    }

    /// The runs of a deployed stack: nothing of a directory is used.
    ///
    /// # Errors
    /// `Config.Invalid` that says what to set, or that this build cannot.
    pub(crate) fn deployed(config: &Config) -> Result<Self, Failure> {
        #[cfg(feature = "aws")]
        return Ok(Self {
            data_dir: PathBuf::new(),
            model: ModelChoice::default(),
            purpose: Purpose::Read,
            link: Link::Deployed(crate::remote::Api::open(config)?),
        });
        #[cfg(not(feature = "aws"))]
        {
            let _ = config;
            let message = "--remote: this build knows no deployed API; build it with --features aws";
            Err(Failure::new(FailureKind::ConfigInvalid, message))
        }
    }

    async fn open_for(data_dir: &Path, model: ModelChoice, purpose: Purpose) -> Result<Self, Failure> {
        let link = find(data_dir, &model, &purpose).await?;
        Ok(Self { data_dir: data_dir.to_owned(), model, purpose, link })
    }

    /// Asks, and asks the next owner when this one is gone. Starting a run is not asked twice: the first
    /// owner may have started it. An owner that can write nothing more answers nothing but why.
    pub(crate) async fn ask(&mut self, ask: Ask) -> Result<Value, Failure> {
        loop {
            match &mut self.link {
                Link::Owner(app) => {
                    return tokio::select! {
                        biased;
                        failure = app.stopped() => Err(failure),
                        answer = app.handle(ask) => answer,
                    };
                }
                Link::Other(remote) => {
                    remote.ping().await?;
                    if let Some(answer) = remote.ask(&ask).await {
                        return answer;
                    }
                }
                #[cfg(feature = "aws")]
                Link::Deployed(api) => return api.ask(&ask).await,
            }
            if matches!(ask, Ask::Start { .. }) {
                let message =
                    "the owner of the data directory went away while starting the run; see `ideamine list`";
                return Err(Failure::new(FailureKind::StoreUnavailable, message));
            }
            self.link = find(&self.data_dir, &self.model, &self.purpose).await?;
            // The new owner let every run but its own wait: it cannot know who is still followed. An owner of an older
            // build does not know the question, and then the run waits, as it says.
            if let (Link::Other(remote), Purpose::Work(Keep::Only(Some(run)))) =
                (&mut self.link, &self.purpose)
            {
                let _ = remote.ask(&Ask::GoOn { run: run.clone() }).await;
            }
        }
    }

    /// The application, when this process owns the directory.
    pub(crate) const fn owned(&self) -> Option<&Arc<App>> {
        match &self.link {
            Link::Owner(app) => Some(app),
            _ => None,
        }
    }

    /// Stops taking effects; everything in flight is resumable.
    pub(crate) async fn shutdown(self) {
        if let Link::Owner(app) = self.link {
            app.shutdown().await;
        }
    }
}

async fn find(data_dir: &Path, model: &ModelChoice, purpose: &Purpose) -> Result<Link, Failure> {
    let mut owner = None;
    for _ in 0..OWNER_TRIES {
        let opened = match purpose {
            Purpose::Work(keep) => App::open(data_dir, model, keep).await?,
            Purpose::Read => App::open_to_read(data_dir, model)?,
        };
        match opened {
            Opened::Owner(app) => {
                if *purpose != Purpose::Read {
                    control::listen(Arc::clone(&app))?;
                }
                return Ok(Link::Owner(app));
            }
            Opened::OwnedByAnother { pid } => {
                owner = pid;
                if let Ok(remote) = Remote::connect(data_dir, pid).await {
                    return Ok(Link::Other(remote));
                }
            }
        }
        tokio::time::sleep(OWNER_PAUSE).await;
    }
    let message = format!(
        "{} is owned by {}, which does not answer on {}; end that process or use another --data-dir",
        data_dir.display(),
        control::process(owner),
        control::path(data_dir).display()
    );
    Err(Failure::new(FailureKind::StoreUnavailable, message))
}
