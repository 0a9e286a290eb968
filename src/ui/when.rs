//! What comes and goes with the state.

use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

/// Draws `draw` anew whenever what it reads changes; it may be nothing. Behind one boxed type, because the renderer's code for
/// each type of closure is a few kilobytes that every visitor would download.
pub fn dynamic<V: IntoView + 'static>(draw: impl Fn() -> V + Send + 'static) -> AnyView {
    let draw: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || draw().into_any());
    draw.into_any()
}

/// Draws what is inside while `is` holds.
#[component]
pub fn When(#[prop(into)] is: Signal<bool>, children: ChildrenFn) -> AnyView {
    let is = Memo::new(move |_| is.get());
    dynamic(move || is.get().then(|| children()))
}

/// Draws what `load` brings once `open` has been true. What is in it is downloaded then, and never drawn on the server.
#[component]
pub fn Later(
    #[prop(into)] open: Signal<bool>,
    load: impl Fn() -> LocalBoxFuture<'static, AnyView> + Send + 'static,
) -> AnyView {
    let wanted = Memo::new(move |before: Option<&bool>| before == Some(&true) || open.get());
    dynamic(move || wanted.get().then(|| Suspend::new(SendWrapper::new(load()))))
}
