/* What cannot be read on a page as it is drawn now: words over words, words cut or broken, a page that scrolls sideways.

Charts are canvases: what they write is noted while they write it, so this runs before any other script of the page. */

(() => {
  const written = new WeakMap();
  const brush = CanvasRenderingContext2D.prototype;
  const { fillText, clearRect } = brush;

  brush.clearRect = function (x, y, width, height) {
    if (width * devicePixelRatio >= this.canvas.width / 2) written.delete(this.canvas);
    return clearRect.call(this, x, y, width, height);
  };

  brush.fillText = function (text, x, y, ...rest) {
    if (this.globalAlpha && String(text).trim()) {
      const size = this.measureText(text);
      const corners = [
        [x - size.actualBoundingBoxLeft, y - size.actualBoundingBoxAscent],
        [x + size.actualBoundingBoxRight, y + size.actualBoundingBoxDescent],
      ].map(([left, top]) => new DOMPoint(left, top).matrixTransform(this.getTransform()));
      const texts = written.get(this.canvas) ?? [];
      texts.push({
        text: String(text),
        left: Math.min(corners[0].x, corners[1].x) / this.canvas.width,
        right: Math.max(corners[0].x, corners[1].x) / this.canvas.width,
        top: Math.min(corners[0].y, corners[1].y) / this.canvas.height,
        bottom: Math.max(corners[0].y, corners[1].y) / this.canvas.height,
      });
      written.set(this.canvas, texts);
    }
    return fillText.call(this, text, x, y, ...rest);
  };

  const WORD = /[\p{L}\p{N}]{2,24}/gu;
  const ICON = "[data-testid=stIconMaterial], [data-testid=stIconEmoji]";

  function parent(node) {
    return node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  }

  function place(element) {
    for (let part = element; part; part = parent(part)) {
      const key = [...part.classList].find((name) => name.startsWith("st-key-"));
      if (key) return key.slice(7);
      if (part.dataset?.testid === "stSidebar") return "sidebar";
    }
    return "page";
  }

  window.illegible = () => {
    const found = new Set();
    const styles = new Map();
    const words = [];
    const style = (element) => styles.get(element) ?? styles.set(element, getComputedStyle(element)).get(element);
    const say = (kind, element, text) => found.add(`${kind} in ${place(element)}: ${text.trim().slice(0, 70)}`);

    /* The layer above the page that an element is in, if any. */
    function layer(element) {
      for (let part = element; part; part = parent(part))
        if (["fixed", "sticky"].includes(style(part).position)) return part;
      return null;
    }

    /* What is seen of a box; null if nothing is, and a complaint where words are cut. */
    function seen(box, element, text) {
      let { left, right, top, bottom } = box;
      for (let part = element; part && part !== document.documentElement; part = parent(part)) {
        const { overflowX, overflowY, position, display } = style(part);
        if (display !== "inline" && (overflowX !== "visible" || overflowY !== "visible")) {
          const frame = part.getBoundingClientRect();
          if (frame.width <= 8 || frame.height <= 1) return null;
          const sideways = Math.max(frame.left - left, right - frame.right);
          if (["hidden", "clip"].includes(overflowX) && sideways > 2) say("cut", element, text);
          if (["hidden", "clip"].includes(overflowY) && overflowX !== "auto" && bottom - frame.bottom > (bottom - top) / 2 && top < frame.bottom)
            say("cut below", element, text);
          left = Math.max(left, frame.left);
          right = Math.min(right, frame.right);
          top = Math.max(top, frame.top);
          bottom = Math.min(bottom, frame.bottom);
          if (right - left < 1 || bottom - top < 1) return null;
        }
        if (position === "fixed") break;
      }
      return { left, right, top, bottom };
    }

    function add(box, element, text, owner) {
      const rest = seen(box, element, text);
      if (rest) words.push({ ...rest, element, text, owner, layer: layer(element) });
    }

    function readText(node) {
      const element = node.parentElement ?? node.getRootNode().host;
      if (!element || /^(script|style|title|desc)$/i.test(element.tagName)) return;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return;
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
      if (!boxes.length) return;
      for (const box of boxes) {
        const thin = box.height * 0.18;
        add({ left: box.left, right: box.right, top: box.top + thin, bottom: box.bottom - thin }, element, node.data, element);
      }
      if (element.ownerSVGElement || element.closest(ICON)) return;
      let block = element;
      while (block && style(block).display.startsWith("inline")) block = parent(block);
      const frame = block?.getBoundingClientRect();
      const right = Math.max(...boxes.map((box) => box.right));
      const left = Math.min(...boxes.map((box) => box.left));
      if (frame && frame.width > 8 && frame.bottom > 0 && (right > frame.right + 2 || left < frame.left - 2)) say("hangs out", element, node.data);
      if (boxes.length > 1 && !element.closest("code, pre, .katex"))
        for (const { 0: word, index } of node.data.matchAll(WORD)) {
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          const lines = new Set([...range.getClientRects()].filter((box) => box.width > 0).map((box) => Math.round(box.top)));
          if (lines.size > 1) say("broken", element, `${word} of ${node.data}`);
        }
    }

    function readElement(element) {
      if (element.tagName === "CANVAS") {
        const frame = element.getBoundingClientRect();
        if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return;
        for (const { text, left, right, top, bottom } of written.get(element) ?? []) {
          const [x, y] = [frame.width, frame.height];
          if (left * x < -2 || right * x > x + 2 || top * y < -2 || bottom * y > y + 2) say("cut by its chart", element, text);
          add(
            { left: frame.left + left * x, right: frame.left + right * x, top: frame.top + top * y, bottom: frame.top + bottom * y },
            element.parentElement, text, { chart: true },
          );
        }
      }
      if (/^(input|textarea)$/i.test(element.tagName) && element.checkVisibility({ opacityProperty: true }) && element.clientWidth > 2
          && !["radio", "checkbox", "range", "file"].includes(element.type) && element.role !== "combobox" && element.scrollWidth > element.clientWidth + 1)
        say("cut field", element, element.value || element.placeholder);
      if (style(element).textOverflow === "ellipsis" && element.clientWidth && element.scrollWidth > element.clientWidth
          && element.checkVisibility({ opacityProperty: true }))
        say("shortened", element, element.textContent);
    }

    function read(node) {
      if (node.nodeType === Node.TEXT_NODE) {
        if (node.data.trim()) readText(node);
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return;
      if (node.nodeType === Node.ELEMENT_NODE) {
        if (node.dataset?.testid === "stSidebar" && node.getBoundingClientRect().width < 2) return;
        if (style(node).display === "none" || node.matches(".unseen, .katex-mathml")) return;
        readElement(node);
        if (node.shadowRoot) read(node.shadowRoot);
      }
      node.childNodes.forEach(read);
    }

    read(document.body);

    words.sort((one, other) => one.top - other.top);
    words.forEach((one, index) => {
      for (const other of words.slice(index + 1)) {
        if (other.top > one.bottom - 2) break;
        const near = one.element === other.element && one.owner.chart && /\p{L}/u.test(one.text + other.text) ? 4 : 0;
        const wide = near + Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - other.top;
        if (wide <= 2 || high <= 2 || one.owner === other.owner || one.layer !== other.layer) continue;
        if (one.element.closest(".katex") && other.element.closest(".katex")) continue;
        say("overlap", one.element, `${one.text.trim().slice(0, 40)} | ${other.text.trim().slice(0, 40)} (${place(other.element)})`);
      }
    });

    for (const part of [document.documentElement, document.querySelector("[data-testid=stMain]")])
      if (part && part.scrollWidth > part.clientWidth) found.add(`scrolls sideways: ${part.tagName} by ${part.scrollWidth - part.clientWidth}`);
    return [...found];
  };
})();
