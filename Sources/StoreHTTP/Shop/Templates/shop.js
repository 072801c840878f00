// What a browser can do better than the server; each page works without it.

// What is wrong with a form is shown where the form was sent to. Back and reload lead to its page, and send nothing again.
if (document.body.dataset.page) history.replaceState(null, "", document.body.dataset.page);

const language = document.documentElement.lang;
const zoneField = document.querySelector("#zone");
if (zoneField) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    // Only where nobody has chosen one yet.
    if (own && "guess" in zoneField.dataset) zoneField.value = own;
    for (const zone of Intl.supportedValuesOf?.("timeZone") ?? []) {
        const option = document.createElement("option");
        option.value = zone;
        zoneField.list.append(option);
    }
}

const spoken = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language,
    { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

function say(field) {
    const said = document.getElementById(field.getAttribute("aria-describedby"));
    const date = field.valueAsDate;
    said.textContent = date ? spoken.format(date).replace(",", "") : "";
    said.classList.remove("wrong");
    field.removeAttribute("aria-invalid");
}

document.addEventListener("input", event => { if (event.target.matches("[type=date]")) say(event.target); });

const more = document.querySelector("button[name=rows]");
more?.addEventListener("click", event => {
    const rows = document.querySelectorAll(".dates .field");
    if (rows.length >= 12) return;
    event.preventDefault();
    const number = rows.length + 1, row = rows[rows.length - 1].cloneNode(true);
    const [label, field, said] = [row.querySelector("label"), row.querySelector("input"), row.querySelector("small")];
    label.htmlFor = field.id = `session-${number}`;
    label.textContent = label.textContent.replace(/\d+/, number);
    said.id = `said-${number}`;
    field.setAttribute("aria-describedby", said.id);
    field.value = "";
    rows[rows.length - 1].after(row);
    say(field);
    field.focus();
    if (number === 12) more.hidden = true;
});

// A form that is on its way is not sent twice. After a while it can be: the answer may have been lost, and an order that
// is asked for again is the same order.
const patience = 5000;
const onTheirWay = new Set();
document.addEventListener("submit", event => {
    const { target: form, submitter: button } = event;
    if ((button?.getAttribute("formmethod") ?? form.method) !== "post") return;
    if (onTheirWay.has(form)) return event.preventDefault();
    const forget = () => {
        onTheirWay.delete(form);
        button?.removeAttribute("aria-disabled");
    };
    onTheirWay.add(form);
    button?.setAttribute("aria-disabled", "true");
    setTimeout(forget, patience);
    addEventListener("pageshow", forget, { once: true });
});
