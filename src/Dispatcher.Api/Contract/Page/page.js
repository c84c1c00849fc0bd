// Renders openapi.json. Text is only ever set as text, never as markup.
"use strict";

let api;

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.append(...prose(text));
  made.append(...children);
  return made;
}

// `code` in a description becomes code.
function prose(text) {
  return text.split("`").map((part, i) => {
    if (i % 2 === 0) return document.createTextNode(part);
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
}

function resolve(node) {
  while (node && node.$ref) node = node.$ref.slice(2).split("/").reduce((at, name) => at[name], api);
  return node;
}

function typeOf(schema) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(" | ");
  if (schema.oneOf) return schema.oneOf.map(one => typeOf(resolve(one))).join(" or ");
  const type = [].concat(schema.type ?? "anything").filter(name => name !== "null").join(" or ");
  return type === "array" && schema.items ? `array of ${typeOf(resolve(schema.items))}` : type;
}

function limits(schema) {
  const said = [["from", schema.minimum], ["to", schema.maximum], ["at least", schema.minItems], ["at most", schema.maxItems], ["length at most", schema.maxLength], ["default", schema.default]];
  return said.filter(([, value]) => value !== undefined).map(([word, value]) => `${word} ${value.toLocaleString("en")}`).join(", ");
}

// The members of an object, of each alternative, or of an array's items, one row each.
function rows(schema, depth, seen) {
  schema = resolve(schema);
  if (!schema || seen.includes(schema) || depth > 4) return [];
  const inner = [...seen, schema];
  const found = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const is = resolve(member);
    const cell = element("td", "", element("code", ""));
    cell.className = `depth${depth}`;
    cell.firstChild.textContent = name;
    if ((schema.required ?? []).includes(name)) cell.append(" ", element("small", "required"));
    const note = [typeOf(is), limits(is)].filter(Boolean).join(", ");
    const row = element("tr", "", cell, element("td", is.description ?? "", element("div", "", element("small", note))));
    return [row, ...rows(is, depth + 1, inner)];
  });
  const others = [...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : []), ...(typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [])];
  return [...found, ...others.flatMap(other => rows(other, depth, inner))].filter((row, i, all) => all.findIndex(one => one.textContent === row.textContent) === i);
}

function schemaTable(schema) {
  const body = rows(schema, 0, []);
  return body.length ? [element("table", "", ...body)] : [];
}

function examples(media) {
  const shown = Object.values(media.examples ?? {}).map(one => [one.summary, one.value]);
  if (media.example) shown.push(["Example", media.example]);
  return shown.flatMap(([title, value]) => {
    const text = element("pre", "");
    text.textContent = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    return [element("h3", title), text];
  });
}

function content(holder) {
  return Object.entries(holder?.content ?? {}).flatMap(([type, media]) => [element("small", type), ...schemaTable(media.schema), ...examples(media)]);
}

function operation(path, method, shared, what) {
  const inside = element("div", what.description ?? "");
  const parameters = [...shared, ...(what.parameters ?? [])].map(resolve);
  if (parameters.length) {
    inside.append(element("h3", "Parameters"), element("table", "", ...parameters.map(one =>
      element("tr", "", element("td", "`" + one.name + "`", element("small", ` ${one.in}`)), element("td", one.description ?? "", element("div", "", element("small", typeOf(resolve(one.schema)))))))));
  }
  if (what.requestBody) inside.append(element("h3", "Body"), element("p", what.requestBody.description ?? ""), ...content(what.requestBody));
  inside.append(element("h3", "Answers"));
  for (const [status, answer] of Object.entries(what.responses)) {
    const is = resolve(answer);
    inside.append(element("details", "", element("summary", "", element("b", status), element("span", is.description)), element("div", "", ...content(is))));
  }
  const head = element("summary", "", element("b", method.toUpperCase()), element("code", ""), element("span", what.summary));
  head.children[1].textContent = path;
  const made = element("details", "", head, inside);
  made.id = what.operationId;
  return made;
}

function render() {
  const main = document.getElementById("main");
  main.replaceChildren(...(api.info.description ?? "").split("\n\n").map(part => element("p", part)));
  main.append(element("p", "", Object.assign(element("a", "openapi.json"), { href: "openapi.json" })));
  document.getElementById("title").textContent = `${api.info.title} API ${api.info.version}`;
  for (const tag of api.tags) {
    const group = element("section", "", element("h2", tag.name), element("p", tag.description ?? ""));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const [method, what] of Object.entries(item)) {
        if (what.tags?.includes(tag.name)) group.append(operation(path, method, item.parameters ?? [], what));
      }
    }
    main.append(group);
  }
  main.removeAttribute("aria-busy");
  if (location.hash) document.getElementById(location.hash.slice(1))?.setAttribute("open", "");
}

document.getElementById("filter").addEventListener("input", event => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const section of document.querySelectorAll("section")) {
    for (const one of section.querySelectorAll(":scope > details")) one.hidden = !one.textContent.toLowerCase().includes(wanted);
    section.hidden = !section.querySelector(":scope > details:not([hidden])");
  }
});

fetch("openapi.json").then(answer => answer.json()).then(document_ => { api = document_; render(); }, problem => {
  document.getElementById("main").textContent = `openapi.json cannot be read: ${problem}`;
});
