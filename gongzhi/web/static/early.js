/* Runs before the page is drawn, so that nothing jumps: pages know that JavaScript is there. */
document.documentElement.classList.add("js");
