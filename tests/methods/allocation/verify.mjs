// Reads cases as JSON from standard input, checks each by the script of the page, prints answers.
import { readFileSync } from "node:fs";

const { verify } = await import(process.argv[2]);
const answers = [];
for (const one of JSON.parse(readFileSync(0, "utf8"))) {
  answers.push(await verify(one).catch((error) => ({ error: error.message })));
}
console.log(JSON.stringify(answers));
