//! How many tokens a request can be at most, without knowing the model's tokenizer.
//!
//! The bound is bytes: the tokenizers of every provider here fall back to single bytes, so no token stands
//! for less than one byte. It is three to five times what English text really takes: a reservation made
//! from it is never too small, and is settled to the real count when the answer is there. An exact count
//! needs each model's own tokenizer.

use ideamine_core::ports::Request;

/// Tokens that a provider's own message frame and its instructions for a schema may add.
pub const FRAME_TOKENS: u64 = 1_024;

/// The most tokens that this request can be read as.
///
/// The schema counts twice: providers put it into the prompt in a stricter form (every field listed as
/// required, extra fields forbidden), which is longer than what was given.
pub fn upper_bound(request: &Request) -> u64 {
    let bytes = request.system.len() + request.user.len() + 2 * request.schema.to_string().len();
    u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(FRAME_TOKENS)
}

/// The most tokens that this request can use: all of it read, all that it allows written.
pub fn most(request: &Request) -> u64 {
    upper_bound(request).saturating_add(u64::from(request.max_tokens))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_byte_may_be_a_token_and_the_schema_counts_twice() {
        let request = |system: &str, user: &str| Request {
            model: "openai/any".to_owned(),
            label: "prd/a1/b00/r0".to_owned(),
            system: system.to_owned(),
            user: user.to_owned(),
            schema: json!({}),
            max_tokens: 1,
            seed: 0,
        };
        let check = |system: &str, user: &str, bytes: u64| {
            assert_eq!(upper_bound(&request(system, user)), FRAME_TOKENS + bytes + 4, "{system:?} {user:?}");
        };
        check("", "", 0);
        check("be brief", "ünïcode", 8 + 9);
        check("", "数据", 6);
    }
}
