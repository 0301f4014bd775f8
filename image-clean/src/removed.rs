//! What was in a picture beside the picture, in classes a person can decide by.

/// Something that was taken out. The order is that of how much it gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Removed {
    /// Where it was taken.
    Location,
    /// Numbers that only this camera, lens or picture has.
    SerialNumber,
    /// Who took it, or whose camera it is.
    Author,
    /// When it was taken or changed.
    Time,
    /// Make and model of the camera or phone.
    Camera,
    /// Words somebody or some program wrote about it.
    Description,
    /// With what it was changed.
    Software,
    /// A small copy of it, perhaps from before it was cropped.
    Preview,
    /// Something that lay behind its end: a film, other pictures, remains of what was cut off.
    AppendedData,
    /// How the camera was set.
    CameraSettings,
    /// The colours of one screen or camera.
    ColorProfile,
    /// Something else that is not needed to show it.
    OtherMetadata,
}

impl Removed {
    /// The word that stands for it in messages and in programs' texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::SerialNumber => "serial-number",
            Self::Author => "author",
            Self::Time => "time",
            Self::Camera => "camera",
            Self::Description => "description",
            Self::Software => "software",
            Self::Preview => "preview",
            Self::AppendedData => "appended-data",
            Self::CameraSettings => "camera-settings",
            Self::ColorProfile => "color-profile",
            Self::OtherMetadata => "other-metadata",
        }
    }
}

/// What was found so far, in its order, nothing twice.
#[derive(Default)]
pub(crate) struct Findings(Vec<Removed>);

impl Findings {
    pub(crate) fn note(&mut self, removed: Removed) {
        if let Err(place) = self.0.binary_search(&removed) {
            self.0.insert(place, removed);
        }
    }

    /// Notes what an XMP packet holds, as far as one sees without reading XML.
    pub(crate) fn note_xmp(&mut self, packet: &[u8]) {
        self.note(Removed::OtherMetadata);
        let telling: [(&[u8], Removed); 6] = [
            (b"GPSL", Removed::Location),
            (b"SerialNumber", Removed::SerialNumber),
            (b"dc:creator", Removed::Author),
            (b"CreateDate", Removed::Time),
            (b"dc:description", Removed::Description),
            (b"CreatorTool", Removed::Software),
        ];
        for (word, removed) in telling {
            if packet.windows(word.len()).any(|window| window == word) {
                self.note(removed);
            }
        }
    }

    pub(crate) fn into_list(self) -> Vec<Removed> {
        self.0
    }
}
