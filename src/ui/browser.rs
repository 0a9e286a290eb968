//! The browser by name: storage, clipboard, cookies and finding elements. Only for effects and event handlers.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{HtmlElement, js_sys},
};

/// A property of a JavaScript object, where it has one.
fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// Calls a method with texts; `None` where it is missing or throws.
fn call(of: &JsValue, method: &str, arguments: &[&str]) -> Option<JsValue> {
    let function: js_sys::Function = property(of, method)?.dyn_into().ok()?;
    js_sys::Reflect::apply(&function, of, &arguments.iter().map(|text| JsValue::from_str(text)).collect()).ok()
}

/// What was kept in this browser under `key`.
pub fn recall(key: &str) -> Option<String> {
    call(&property(&window(), "localStorage")?, "getItem", &[key])?.as_string()
}

/// Keeps `value` in this browser; an empty one is forgotten.
pub fn keep(key: &str, value: &str) {
    let Some(storage) = property(&window(), "localStorage") else { return };
    match value {
        "" => call(&storage, "removeItem", &[key]),
        _ => call(&storage, "setItem", &[key, value]),
    };
}

/// Puts `text` on the clipboard; false where the browser does not let us.
pub fn copy(text: &str) -> bool {
    property(&window().navigator(), "clipboard")
        .is_some_and(|clipboard| call(&clipboard, "writeText", &[text]).is_some())
}

/// Sets a cookie of this site for a year.
pub fn set_cookie(name: &str, value: &str) {
    let cookie = format!("{name}={value}; path=/; max-age=31536000; samesite=lax");
    let _ = js_sys::Reflect::set(&document(), &JsValue::from_str("cookie"), &JsValue::from_str(&cookie));
}

/// The first element that fits the selector and can be seen.
pub fn find(selector: &str) -> Option<HtmlElement> {
    all(selector).into_iter().find(is_visible)
}

/// All elements that fit the selector, in order.
pub fn all(selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// Drawn at all: not in something with `display: none`.
pub fn is_visible(element: &HtmlElement) -> bool {
    element.offset_width() > 0 || element.offset_height() > 0
}

/// The element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Keys typed now would become text.
pub fn is_typing() -> bool {
    focused().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.is_content_editable()
    })
}

/// Scrolls to the element with this id, opens what it is folded into, and lights it up for a moment.
pub fn point_at(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    if let Ok(Some(details)) = element.closest("details") {
        let _ = details.set_attribute("open", "");
    }
    element.scroll_into_view_with_bool(true);
    let _ = element.set_attribute("data-flash", "");
    set_timeout(
        move || {
            let _ = element.remove_attribute("data-flash");
        },
        std::time::Duration::from_millis(1700),
    );
}
