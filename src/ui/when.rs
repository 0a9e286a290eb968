//! What comes and goes with the state.

use leptos::prelude::*;

/// Draws `draw` anew whenever what it reads changes; it may be nothing.
pub fn dynamic<V: IntoView + 'static>(draw: impl Fn() -> V + Send + 'static) -> AnyView {
    (move || draw().into_any()).into_any()
}
