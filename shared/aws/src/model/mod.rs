//! The `Model` port on Amazon Bedrock: models named `bedrock/MODEL-ID`, through `Converse`.
//!
//! An answer in a schema is asked for as the input of a tool that the model must use: the one way that every model
//! behind `Converse` knows. No sampling parameter is sent, as to every other provider. What a call costs is known only
//! if the price table names the model.

mod document;
mod trouble;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::operation::converse::ConverseOutput;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, Message, SpecificToolChoice, StopReason,
    SystemContentBlock, TokenUsage, Tool, ToolChoice, ToolConfiguration, ToolInputSchema, ToolSpecification,
};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, Model, Request, Usage};
use ideamine_core::{Failure, UsdMicros};
use ideamine_models::Catalogue;

use crate::limits::{CONNECT_TIMEOUT, MODEL_TIMEOUT};

/// What precedes a model's own id.
const PROVIDER: &str = "bedrock/";
/// The tool through which an answer is given.
const TOOL: &str = "answer";

/// Models of Bedrock.
pub(crate) struct Bedrock {
    client: Client,
    catalogue: Catalogue,
}

impl Bedrock {
    pub(crate) fn new(config: &SdkConfig) -> Result<Self, Failure> {
        // One try may take all the time there is: a call that was cut off may have been paid for, and is not made
        // again here, unasked.
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .disable_operation_attempt_timeout()
            .operation_timeout(MODEL_TIMEOUT)
            .build();
        // A model that thinks sends nothing for minutes: taken for a stalled stream, the call would be made again.
        let config = aws_sdk_bedrockruntime::config::Builder::from(config)
            .timeout_config(timeouts)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Ok(Self { client: Client::from_conf(config), catalogue: Catalogue::bundled()? })
    }
}

#[async_trait]
impl Model for Bedrock {
    async fn call(&self, request: &Request) -> Result<Answer, Failure> {
        let max_tokens = i32::try_from(request.max_tokens).unwrap_or(i32::MAX);
        let mut call = self
            .client
            .converse()
            .model_id(model_id(&request.model)?)
            .messages(asked(&request.user)?)
            .inference_config(InferenceConfiguration::builder().max_tokens(max_tokens).build())
            .set_tool_config(tool(request)?);
        if !request.system.is_empty() {
            call = call.system(SystemContentBlock::Text(request.system.clone()));
        }
        let answer = call.send().await.map_err(|e| trouble::of_error(request, &e))?;
        conclude(request, answer)
    }

    fn origin(&self, _: &str) -> String {
        // The SDK finds the Region's endpoint itself; all are HTTPS below this name.
        "https://bedrock-runtime.amazonaws.com".to_owned()
    }

    fn ceiling(&self, request: &Request) -> Option<UsdMicros> {
        self.catalogue.ceiling(request)
    }

    fn tokens(&self, request: &Request) -> u64 {
        ideamine_models::tokens::most(request)
    }

    fn price(&self, model: &str, usage: &Usage) -> Option<UsdMicros> {
        self.catalogue.price(model, usage)
    }
}

/// The id, an inference profile's id, or an ARN.
fn model_id(model: &str) -> Result<&str, Failure> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._:/-".contains(&b);
    let id = model.strip_prefix(PROVIDER).filter(|id| !id.is_empty() && id.bytes().all(plain));
    id.ok_or_else(|| {
        let message =
            format!("model `{model}`: expected `{PROVIDER}` and the id of a model of Amazon Bedrock");
        Failure::new(FailureKind::ModelConfig, message)
    })
}

fn asked(user: &str) -> Result<Message, Failure> {
    let text = ContentBlock::Text(user.to_owned());
    Message::builder().role(ConversationRole::User).content(text).build().map_err(unbuilt)
}

/// The one tool, which must be used; none when any text will do.
fn tool(request: &Request) -> Result<Option<ToolConfiguration>, Failure> {
    if request.schema.as_object().is_none_or(serde_json::Map::is_empty) {
        return Ok(None);
    }
    let schema = ToolInputSchema::Json(document::from_json(&request.schema));
    let tool = ToolSpecification::builder().name(TOOL).description("Takes the answer.").input_schema(schema);
    let choice = SpecificToolChoice::builder().name(TOOL).build().map_err(unbuilt)?;
    let config = ToolConfiguration::builder()
        .tools(Tool::ToolSpec(tool.build().map_err(unbuilt)?))
        .tool_choice(ToolChoice::Tool(choice));
    config.build().map(Some).map_err(unbuilt)
}

/// A call that was answered, if it was answered well.
fn conclude(request: &Request, answer: ConverseOutput) -> Result<Answer, Failure> {
    if let Some((kind, what)) = trouble::of_end(&answer.stop_reason) {
        return Err(trouble::failure(request, kind, what));
    }
    let blocks =
        answer.output.and_then(|output| output.as_message().ok().map(|message| message.content.clone()));
    let (mut used, mut said) = (None, String::new());
    for block in blocks.unwrap_or_default() {
        match block {
            ContentBlock::ToolUse(tool) if tool.name == TOOL => used = Some(document::to_json(&tool.input)),
            ContentBlock::Text(text) => said.push_str(&text),
            _ => {}
        }
    }
    // A model that answers in words all the same is judged by its words.
    let text = used.map_or(said, |input| input.to_string());
    if text.is_empty() && answer.stop_reason != StopReason::EndTurn {
        return Err(trouble::failure(
            request,
            FailureKind::ModelStreamBroken,
            "the answer holds neither text nor a tool's input",
        ));
    }
    Ok(Answer { text, usage: usage(answer.usage.as_ref()) })
}

/// Counts as stated. What was read from or written to a cache was read as well.
fn usage(stated: Option<&TokenUsage>) -> Usage {
    let Some(stated) = stated else { return Usage::default() };
    let count = |parts: &[Option<i32>]| {
        let count = parts.iter().flatten().filter_map(|part| u64::try_from(*part).ok()).sum::<u64>();
        Some(count).filter(|count| *count > 0)
    };
    Usage {
        tokens_in: count(&[
            Some(stated.input_tokens),
            stated.cache_read_input_tokens,
            stated.cache_write_input_tokens,
        ]),
        tokens_out: count(&[Some(stated.output_tokens)]),
    }
}

fn unbuilt(error: impl std::fmt::Display) -> Failure {
    Failure::bug(format!("a request to Bedrock could not be built: {error}"))
}
