use std::fmt;
use wasm_bindgen::JsValue;

/// A request that the core cannot meet. In JavaScript it arrives as an `Error` with this `code` and message, and the
/// package throws its own error class in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: &'static str,
    message: String,
}

impl Refusal {
    /// `code` is one of the package's error codes; `message` names argument, expectation and value.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// One of the package's error codes.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for JsValue {
    fn from(refusal: Refusal) -> Self {
        let error = js_sys::Error::new(&refusal.message);
        // A fresh, extensible object: setting a property cannot fail.
        let _ = js_sys::Reflect::set(&error, &"code".into(), &refusal.code.into());
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn says_its_message_and_keeps_its_code() {
        let refusal = Refusal::new("bad-length", "shift: expected 3 elements, got 2");
        assert_eq!(refusal.code(), "bad-length");
        assert_eq!(refusal.to_string(), "shift: expected 3 elements, got 2");
    }
}
