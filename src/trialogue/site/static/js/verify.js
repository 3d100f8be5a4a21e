// Was it drawn as it says? Written from docs/methods/allocation.md; shares no line with what drew.
// list, placed: texts of CSV files. design: { arms: [["usual", 1], ["text", 1]], method, block,
// strata: [columns], cluster: a column or "" }. commitment, listHash: as published, or null.
const utf8 = (text) => new TextEncoder().encode(text);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const hash = async (text) => hex(await sha256(utf8(text)));
const clean = (text) => text.normalize("NFC").replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
const refuse = (words) => { throw new Error(words); };
// Sorts by the bytes of UTF-8, which JavaScript by itself does not.
const sorted = (things, names) => things
  .map((thing) => [names(thing).map((name) => hex(utf8(name))).join(" "), thing])
  .sort(([a], [b]) => (a < b ? -1 : 1)).map(([, thing]) => thing);
// Formulas (1) and (2): words of 64 bits from SHA-256(key ‖ counter). Gives what draws below n.
async function stream(seed, stratum) {
  const block = new DataView(new ArrayBuffer(40)), words = [];
  const key = utf8(`trialogue-allocation-v1\n${seed}\nlist\n${stratum}`);
  new Uint8Array(block.buffer).set(await sha256(key));
  return async function below(n) {
    while (n > 1) {
      if (!words.length) {
        const digest = new DataView((await sha256(block)).buffer);
        words.push(...[0, 8, 16, 24].map((at) => digest.getBigUint64(at)));
        block.setBigUint64(32, block.getBigUint64(32) + 1n);
      }
      const word = words.shift();
      if (word < 2n ** 64n - (2n ** 64n % BigInt(n))) return Number(word % BigInt(n));
    }
    return 0;
  };
}
async function shuffled(items, below) {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = await below(i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
// Formulas (3) to (5): the arms of n things of one stratum, in their order.
async function sequence(n, { arms, method, block }, below) {
  const divisor = (a, b) => (b ? divisor(b, a % b) : a);
  const common = arms.map(([, share]) => share).reduce(divisor);
  const sets = (count) => arms.flatMap(([arm, share]) => Array((count * share) / common).fill(arm));
  const size = sets(1).length, rest = n % size, drawn = [];
  if (method === "complete") {
    const extra = rest ? (await shuffled(sets(1), below)).slice(0, rest) : [];
    return shuffled([...sets((n - rest) / size), ...extra], below);
  }
  while (drawn.length < n) {
    if (method === "simple") drawn.push(sets(1)[await below(size)]);
    else drawn.push(...await shuffled(sets(block / size), below));
  }
  return drawn;
}
// A CSV file with commas, semicolons or tabs: its headings, and what gives the cells under one.
function table(text, file) {
  const body = text.replace(/^\uFEFF/, ""), top = body.split("\n", 1)[0].replace(/"[^"]*"/g, "");
  const mark = [",", ";", "\t"].sort((a, b) => top.split(b).length - top.split(a).length)[0];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|(?!")([^${mark}\r\n]*))(${mark}|\r?\n|\r|$)`, "y");
  const rows = [[]];
  for (let end = mark; end;) {
    const found = cell.exec(body) ?? refuse(`${file}: a double quote is in the wrong place`);
    rows.at(-1).push(clean(found[1]?.replaceAll('""', '"') ?? found[2]));
    end = found[3];
    if (end && end !== mark) rows.push([]);
  }
  const [heads = [""], ...cells] = rows.filter((row) => row.some(Boolean));
  const odd = cells.find((row) => row.length !== heads.length);
  if (odd) refuse(`${file}: more or fewer cells than headings in “${odd}”`);
  return [heads, (head) => {
    if (!cells.length || !heads.includes(head)) refuse(`${file}: nothing under “${head}”`);
    return cells.map((row) => row[heads.indexOf(head)] || refuse(`${file}: no ${head} in “${row}”`));
  }];
}
export async function verify({ list, placed, design, seed, commitment, listHash }) {
  const digits = /^\s*\d+\s*$/.test(seed) ? BigInt(seed) : refuse("The seed must be whole digits");
  const [heads, listed] = table(list, "The list"), [, given] = table(placed, "Who got what");
  const ids = listed(heads[0]), strata = design.strata.map(listed), arms = given("arm");
  const clusters = design.cluster ? listed(design.cluster) : ids.map(() => "");
  const units = ids.map((id, i) => [id, clusters[i], strata.map((cells) => cells[i]).join("\x1f")]);
  const found = new Map(given(heads[0]).map((id, i) => [id, arms[i]])), arm = new Map();
  if (new Set(ids).size < ids.length || found.size < arms.length) refuse("An identifier comes twice");
  const { block, method } = design, inOrder = method === "blocked" ? (things) => things : sorted;
  for (const stratum of new Set(units.map((unit) => unit[2]))) {
    const own = units.filter((unit) => unit[2] === stratum).map(([id, cluster]) => cluster || id);
    const things = inOrder([...new Set(own)], (name) => [name]);
    const drawn = await sequence(things.length, design, await stream(digits, stratum));
    things.forEach((thing, i) => arm.set(thing, drawn[i]));
  }
  const drawn = new Map(units.map(([id, cluster]) => [id, arm.get(cluster || id)]));
  const rows = inOrder(units, (unit) => [...unit].reverse()); // by stratum, cluster, identifier
  const whole = { arms: design.arms, block, method, units: rows, version: 1 };
  const own = [await hash(`trialogue-seed-v1\n${digits}\n`), await hash(JSON.stringify(whole))];
  const differences = [...new Set([...ids, ...found.keys()])]
    .filter((id) => drawn.get(id) !== found.get(id))
    .map((id) => ({ id, expected: drawn.get(id) ?? null, found: found.get(id) ?? null }));
  const agree = (published, hashed) => (published ? published === hashed : null);
  return { units: ids.length, differences, commitment: own[0], listHash: own[1],
    seedAsCommitted: agree(commitment, own[0]), listAsPublished: agree(listHash, own[1]) };
}
