/* Photos before they are sent: made smaller where the browser can draw, shown, and removable. The server checks anew. */
"use strict";
(function () {
  const LONG_SIDE = 1600;
  const SMALL_ENOUGH = 600 * 1024;

  async function smaller(file) {
    if (!file.type.startsWith("image/") || file.size < SMALL_ENOUGH) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      const brush = canvas.getContext("2d");
      brush.fillStyle = "#ffffff";
      brush.fillRect(0, 0, canvas.width, canvas.height);
      brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise(function (done) { canvas.toBlob(done, "image/jpeg", 0.85); });
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    } catch (error) {
      return file;
    }
  }

  for (const input of document.querySelectorAll("input[type=file][data-photos]")) {
    const most = Number(input.dataset.photos);
    const list = input.form.querySelector("[data-previews]");
    let kept = [];

    const hold = function () {
      const holder = new DataTransfer();
      kept.forEach(function (file) { holder.items.add(file); });
      input.files = holder.files;
      list.replaceChildren(...kept.map(function (file, place) {
        const row = document.createElement("li");
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = file.name;
        image.onload = function () { URL.revokeObjectURL(image.src); };
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "btn btn-sm btn-quiet";
        remove.textContent = "×";
        remove.setAttribute("aria-label", `${list.dataset.remove} ${place + 1}`);
        remove.addEventListener("click", function () { kept.splice(place, 1); hold(); input.focus(); });
        row.append(image, remove);
        return row;
      }));
    };

    // A form without photos needs no parts: the server reads it in a third of the time.
    input.form.addEventListener("submit", function () {
      input.form.enctype = input.files.length ? "multipart/form-data" : "application/x-www-form-urlencoded";
    });

    input.addEventListener("change", async function () {
      const chosen = await Promise.all([...input.files].map(smaller));
      const all = kept.concat(chosen);
      kept = all.slice(0, most);
      hold();
      if (all.length > most) {
        const line = document.createElement("li");
        line.className = "muted";
        line.setAttribute("role", "status");
        line.textContent = list.dataset.many;
        list.append(line);
      }
    });
  }
})();
