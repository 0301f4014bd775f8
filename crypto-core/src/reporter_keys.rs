//! Everything a reporter has, derived from the codename and the instance (section 3). The same
//! words lead to unrelated keys on another instance.

use crate::codename::Codename;
use crate::conversation_key::ConversationKey;
use crate::derivation::{expand, KeyedHash};
use crate::hybrid_identity::HybridIdentity;
use crate::reply_to::ReplyTo;
use crate::secret_hex::SecretHex;
use crate::signing::Signer;
use beistand_protocol::bytes::{ConversationId, DeleteKey, InstanceId, Slot};
use beistand_protocol::hash::labelled;
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// A reporter's keys.
#[derive(ZeroizeOnDrop)]
pub struct ReporterKeys {
    codename: Codename,
    #[zeroize(skip)]
    salt: [u8; 32],
    #[zeroize(skip)]
    instance: InstanceId,
    signer: Signer,
    identity: HybridIdentity,
    delete: Zeroizing<[u8; 32]>,
}

impl ReporterKeys {
    /// Derives the keys: `k(label)` = HKDF(entropy, SHA-256("codename" ‖ instance), label).
    pub fn derive(codename: &Codename, instance: &InstanceId) -> Self {
        let salt = labelled("codename", &[&instance.0]).0;
        let key = |label| expand::<32>(codename.entropy(), Some(&salt), label, &[]);
        Self {
            codename: codename.clone(),
            salt,
            instance: *instance,
            signer: Signer::from_seed(&key("sign")),
            identity: HybridIdentity::from_seed(&key("reply-identity")),
            delete: key("delete"),
        }
    }

    /// What they were derived from.
    pub fn codename(&self) -> &Codename {
        &self.codename
    }

    /// Signs the reporter's messages.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Opens what is sealed to the reporter.
    pub fn identity(&self) -> &HybridIdentity {
        &self.identity
    }

    /// kc_i.
    pub fn conversation_key(&self, index: u8) -> ConversationKey {
        let entropy = self.codename.entropy();
        let key = expand::<32>(entropy, Some(&self.salt), "conversation-key", &[index]);
        ConversationKey::new(SecretHex::new(*key))
    }

    /// What the readers need to answer.
    pub fn reply_to(&self) -> ReplyTo {
        ReplyTo {
            sign: self.signer.public_key(),
            recipient: self.identity.recipient(),
            kc0: self.conversation_key(0).secret().clone(),
        }
    }

    /// The conversation's id.
    pub fn conversation(&self) -> ConversationId {
        self.reply_to().conversation(&self.instance)
    }

    /// The instance the keys are for.
    pub fn instance(&self) -> &InstanceId {
        &self.instance
    }

    /// What deletes the reporter's own envelope in a slot.
    pub fn delete_key(&self, slot: &Slot) -> DeleteKey {
        delete_key(&self.delete, slot)
    }
}

/// HMAC(secret, "delete-key" ‖ slot): one deletion gives nothing away about another.
pub(crate) fn delete_key(secret: &[u8; 32], slot: &Slot) -> DeleteKey {
    DeleteKey(KeyedHash::new(secret).of("delete-key", &[&slot.0]))
}

impl fmt::Debug for ReporterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReporterKeys(…)")
    }
}
