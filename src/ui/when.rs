/// Something that is drawn anew whenever what it reads changes, and may be nothing.
pub fn dynamic(draw: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    view! { {move || draw()} }.into_any()
}
