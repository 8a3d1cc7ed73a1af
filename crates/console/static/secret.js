// Guards against closing the one page that shows a secret, until somebody says that he has it.
"use strict";
const box = document.querySelector("[data-guard]");
if (box) {
  addEventListener("beforeunload", (event) => {
    if (!box.checked) event.preventDefault();
  });
}
