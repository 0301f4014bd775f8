//! A picture without what it says about who took it, where and when.

use beistand_image_clean::{clean, CleanError};
use beistand_protocol::json;
use wasm_bindgen::prelude::*;

use crate::failure::Failure;

/// A picture that was cleaned.
#[wasm_bindgen]
pub struct CleanPicture {
    bytes: Vec<u8>,
    media_type: &'static str,
    removed: Vec<&'static str>,
}

#[wasm_bindgen]
impl CleanPicture {
    /// Hands the file over that is to be sent in its place; a second time there is nothing left.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Its media type.
    pub fn media_type(&self) -> String {
        self.media_type.to_owned()
    }

    /// What was taken out, as a JSON list of words.
    pub fn removed(&self) -> String {
        // Words are always JSON.
        json::encode(&self.removed).unwrap_or_default()
    }
}

/// Cleans a picture; none where it is another kind of file.
pub fn cleaned(bytes: &[u8]) -> Result<Option<CleanPicture>, Failure> {
    match clean(bytes) {
        Ok(cleaned) => Ok(Some(CleanPicture {
            media_type: cleaned.format.media_type(),
            removed: cleaned.removed.iter().map(|it| it.code()).collect(),
            bytes: cleaned.bytes,
        })),
        Err(CleanError::NotAnImage) => Ok(None),
        Err(CleanError::Damaged) => Err(Failure::PICTURE),
    }
}
