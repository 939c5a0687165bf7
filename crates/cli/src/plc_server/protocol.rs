//! Requests and answers as JSON values, without framing.

use serde_json::{Value, json};

/// Bytes of one request beyond which it is given up.
const MAX_REQUEST_BYTES: usize = 64 << 20;

/// What arrived.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    /// A method and its arguments.
    Call {
        /// Name in PascalCase.
        name: String,
        /// Positional arguments.
        args: Vec<Value>,
    },
    /// Something else, and why it cannot be used.
    Malformed(String),
}

/// Cuts a stream of bytes into requests: each JSON value is one.
#[derive(Debug, Default)]
pub(super) struct Requests {
    buffer: Vec<u8>,
}

impl Requests {
    /// Takes bytes as they arrive.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next request, if all of it has arrived.
    pub(super) fn next(&mut self) -> Option<Incoming> {
        let mut values = serde_json::Deserializer::from_slice(&self.buffer).into_iter::<Value>();
        match values.next() {
            None => {
                self.buffer.clear();
                None
            }
            Some(Ok(value)) => {
                let end = values.byte_offset();
                self.buffer.drain(..end);
                Some(request(value))
            }
            Some(Err(error)) if error.is_eof() && self.buffer.len() <= MAX_REQUEST_BYTES => None,
            Some(Err(error)) => {
                // Where the damage ends cannot be known; the client waits for an answer, so
                // whatever has arrived belongs to this request.
                self.buffer.clear();
                Some(Incoming::Malformed(format!("malformed JSON: {error}")))
            }
        }
    }
}

fn request(value: Value) -> Incoming {
    let Value::Object(mut fields) = value else {
        return Incoming::Malformed("a request must be an object with name and args".to_owned());
    };
    let args = match fields.remove("args") {
        Some(Value::Array(args)) => args,
        None | Some(Value::Null) => Vec::new(),
        Some(_) => return Incoming::Malformed("args must be a list".to_owned()),
    };
    match fields.remove("name") {
        Some(Value::String(name)) => Incoming::Call { name, args },
        _ => Incoming::Malformed("name must be a string".to_owned()),
    }
}

/// A Python tuple.
pub(super) fn tuple<const N: usize>(items: [Value; N]) -> Value {
    json!({"__tuple__": true, "items": items.to_vec()})
}

/// A tuple of two numbers or strings.
pub(super) fn pair(a: impl Into<Value>, b: impl Into<Value>) -> Value {
    tuple([a.into(), b.into()])
}

/// Success, or why not.
pub(super) fn status(outcome: Result<(), String>) -> Value {
    match outcome {
        Ok(()) => json!({"ok": true, "message": ""}),
        Err(message) => json!({"ok": false, "message": message}),
    }
}

/// The status of success.
pub(super) fn done() -> Value {
    status(Ok(()))
}
