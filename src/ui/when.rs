//! What comes and goes with the state.

use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::{
    notices::use_notices,
    split::{self, Split},
};

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

/// Draws what `load` brings once `open` has been true. What is in it is downloaded then, and never drawn on the server. Where that
/// fails it is said, and opening it again tries again.
#[component]
pub fn Later(
    #[prop(into)] open: Signal<bool>,
    load: impl Fn() -> LocalBoxFuture<'static, Split<AnyView>> + Send + 'static,
) -> AnyView {
    let notices = use_notices();
    let tries = RwSignal::new(0);
    let failed = StoredValue::new(false);
    Effect::new(move |_| {
        if open.get() && (tries.get_untracked() == 0 || failed.get_value()) {
            failed.set_value(false);
            tries.update(|tries| *tries += 1);
        }
    });
    dynamic(move || {
        (tries.get() != 0).then(|| {
            let code = load();
            Suspend::new(SendWrapper::new(async move {
                let drawn = split::tell(notices, code.await);
                if drawn.is_none() {
                    failed.try_set_value(true);
                }
                drawn
            }))
        })
    })
}
