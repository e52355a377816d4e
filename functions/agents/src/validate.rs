//! `agent-validate`: whether a reply holds. What a model wrote cannot vouch for what a model says.
//!
//! | rule | what |
//! |---|---|
//! | `validate/quote` | words of the idea, where they stand, are accepted |
//! | `validate/person` | what a person answered is accepted |
//! | `validate/assume` | anything else that rests on something is an assumption, in the open |

use ideamine_authoring::triad::{Reply, Ruling, RulingKind};
use ideamine_authoring::{Problem, Work, origin};
use ideamine_core::{Failure, Origin, Text};

use crate::answer::{IDEA, asked};
use crate::typed::Body;

/// Name of the reply among the inputs.
pub const REPLY: &str = "reply.json";

const PROMPT: &str = "Decide whether a proposed answer holds.

{{ question }}

The proposed answer is `reply.json` among these:
{{ inputs }}

{{ knowledge }}

{{ idea }}

How to work:
- `accept` only if it answers the question and the idea or a knowledge item that a person stated says so.
- `assume` if work can go on under it although nobody said it: then `assumption` states it in one plain sentence, so that a
  reader can object.
- `reject` if it does not answer the question, contradicts what is known, or rests on nothing.
- `reason` names the passage or the item that decides.";

/// The validate agent.
pub struct Validator;

impl Body for Validator {
    type Answer = Ruling;
    const NAME: &'static str = "agent-validate";
    const FORM: &'static str = "ruling";
    const PROMPT: Option<&'static str> = Some(PROMPT);

    fn compose(&self, work: &Work) -> Result<Ruling, Failure> {
        asked(work)?;
        let rule =
            |ruling, reason: &str, assumption| Ruling { ruling, reason: reason.to_owned(), assumption };
        let reply = reply(work);
        let Some(answer) = reply.as_ref().and_then(|r| r.answer.as_ref()) else {
            return Ok(rule(RulingKind::Reject, "Nothing was proposed.", None));
        };
        Ok(match answer.origin {
            Origin::Quote { .. } if origin::fits(&work.idea, answer) => {
                rule(RulingKind::Accept, "The idea says so in these words.", None)
            }
            Origin::Person => rule(RulingKind::Accept, "A person said so.", None),
            Origin::Missing | Origin::Template => rule(RulingKind::Reject, "It says nothing.", None),
            _ => {
                rule(RulingKind::Assume, "Nobody said so; it is kept as an assumption.", Some(answer.clone()))
            }
        })
    }
    fn check(&self, work: &Work, ruling: &Ruling) -> Vec<Problem> {
        let mut problems = Vec::new();
        if ruling.ruling == RulingKind::Assume && ruling.assumption.is_none() {
            problems.push(Problem::new("/assumption", "missing", "an assumption is stated in one sentence"));
        }
        let vouched = reply(work).is_some_and(|r| r.basis.iter().any(|b| vouches(work, b)));
        if ruling.ruling == RulingKind::Accept && !vouched {
            let message = "nothing that a person said is the basis of this reply: `assume` or `reject` it";
            problems.push(Problem::new("/ruling", "unvouched", message));
        }
        problems
    }
}

fn reply(work: &Work) -> Option<Reply> {
    work.inputs.get(REPLY).and_then(|text| serde_json::from_str(text).ok())
}

/// Whether a basis can vouch: the idea, or an item that no model wrote and nobody only assumed.
fn vouches(work: &Work, basis: &str) -> bool {
    let said = |text: &Text| !matches!(text.origin, Origin::Model | Origin::Missing | Origin::Template);
    basis == IDEA || work.knowledge.iter().any(|k| k.id == basis && !k.assumption && said(&k.statement))
}
