//! The answer to a request for consent: a message like any other, signed like any other.

use beistand_crypto_core::body::MessageBody;
use beistand_crypto_core::consent::ConsentAnswer;
use beistand_protocol::json;

use crate::failure::Failure;
use crate::visit::{Composed, Visit};

impl Visit {
    /// Seals the answer to a request; `answer` is JSON.
    pub fn compose_consent(
        &mut self,
        answer: &str,
        readers: Option<&[u32]>,
    ) -> Result<Composed, Failure> {
        let answer: ConsentAnswer = json::parse_text(answer)?;
        let body = MessageBody {
            consent: Some(answer),
            ..MessageBody::default()
        };
        self.compose_body(body, readers)
    }
}
