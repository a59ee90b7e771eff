/* Run an interactive figure once, from its first state to its last, when it comes into view; and
   again whenever its button is pressed. Whoever touches the figure stops it. Less than five
   seconds in all, so that nothing keeps moving beside what one reads. */
const LENGTH = 4500; // milliseconds
const still = matchMedia("(prefers-reduced-motion: reduce)");

for (const figure of document.querySelectorAll(".plays")) {
  const slider = figure.querySelector("input[type=range]");
  const spoken = figure.querySelector("[aria-live=polite]");
  const button = document.createElement("button");
  const last = Number(slider.max);
  let timer = 0;

  const show = (state) => {
    slider.value = state;
    slider.dispatchEvent(new Event("input"));
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = "Play";
    spoken?.setAttribute("aria-live", "polite");
  };
  const play = () => {
    spoken?.setAttribute("aria-live", "off"); // a screen reader would hear every state
    button.textContent = "Stop";
    let state = 0;
    show(state);
    timer = setInterval(() => {
      state += 1;
      show(state);
      if (state === last) stop();
    }, LENGTH / (last + 1));
  };

  button.type = "button";
  button.textContent = "Play";
  button.addEventListener("click", () => (timer ? stop() : play()));
  slider.closest(".dlb-slide").append(button);
  for (const event of ["pointerdown", "keydown"]) {
    figure.addEventListener(event, (happened) => {
      if (timer && happened.target !== button) stop();
    });
  }
  if (!still.matches) {
    const seen = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      seen.disconnect();
      play();
    }, { threshold: 0.6 });
    seen.observe(figure.querySelector("svg"));
  }
}
