/* The theme lets the keyboard into code and tables that are wider than their box, but measures them
   only when the page comes and when the window changes. What a tab, a fold or a hint brings out
   later had no width until then: have the theme measure again. */
function measureAgain() {
  window.dispatchEvent(new Event("resize"));
}
document.addEventListener("change", measureAgain);
document.addEventListener("toggle", measureAgain, { capture: true }); // it does not rise by itself
document.addEventListener("click", (event) => {
  if (event.target.closest(".admonition-title")) measureAgain();
});
