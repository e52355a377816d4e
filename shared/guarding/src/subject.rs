//! What a guard looks at: documents of the run, by name.

use ideamine_authoring::rows;
use ideamine_core::records::{ArtifactRef, GuardAt, PhaseRow, Plan};
use ideamine_core::{Ctx, Digest, Failure, PhaseId};

/// A document as text. Bytes that are no UTF-8 are replaced: a guard reads what a reader would see.
#[derive(Debug, Clone)]
pub struct Document {
    /// Name inside the run: `prd.json`, `app/server.py`; the idea is `idea`.
    pub name: String,
    /// Its bytes.
    pub digest: Digest,
    /// Media type.
    pub media_type: String,
    /// The phase that left it; none for the idea.
    pub phase: Option<PhaseId>,
    /// Its text.
    pub text: String,
}

/// Documents, and when they are looked at.
#[derive(Debug, Clone)]
pub struct Subject {
    /// When.
    pub at: GuardAt,
    /// The phase at whose end it is.
    pub phase: Option<PhaseId>,
    /// The run's plan.
    pub plan: Plan,
    /// The documents, in plan order.
    pub documents: Vec<Document>,
}

impl Subject {
    /// Loads the idea before the first phase, a phase's artifacts at its end, and all of them after the last.
    ///
    /// # Errors
    /// The stores' own: a guard that cannot read has not looked.
    pub async fn load(ctx: &Ctx, at: GuardAt, phase: Option<&PhaseId>) -> Result<Self, Failure> {
        let plan = rows::plan(ctx).await?;
        let mut documents = Vec::new();
        if at != GuardAt::Phase {
            let (digest, media_type) = (plan.idea, plan.idea_media_type.clone());
            let idea = ArtifactRef { name: "idea".to_owned(), digest, media_type, bytes: 0 };
            documents.push(document(ctx, &idea, None).await?);
        }
        if at != GuardAt::Pre {
            let worked: Vec<PhaseRow> = rows::phases(ctx).await?;
            for row in worked.iter().filter(|row| phase.is_none_or(|id| *id == row.id)) {
                for artifact in &row.artifacts {
                    documents.push(document(ctx, artifact, Some(&row.id)).await?);
                }
            }
        }
        Ok(Self { at, phase: phase.cloned(), plan, documents })
    }
}

async fn document(ctx: &Ctx, artifact: &ArtifactRef, phase: Option<&PhaseId>) -> Result<Document, Failure> {
    let bytes = ctx.get(&artifact.digest).await?;
    Ok(Document {
        name: artifact.name.clone(),
        digest: artifact.digest,
        media_type: artifact.media_type.clone(),
        phase: phase.cloned(),
        text: String::from_utf8(bytes)
            .unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned()),
    })
}
