// Makes traditional.txt: one pair a line, the traditional character and the simplified one.
//
//   npm install opencc-js@1.4.2
//   node traditional.mjs node_modules/opencc-js/dist/esm-lib/dict/TSCharacters.js > ../traditional.txt
//
// The dictionary is the character table of OpenCC, Apache-2.0. Where it names several simplified forms the first is taken.
import { pathToFileURL } from "node:url";

const { default: table } = await import(pathToFileURL(process.argv[2]));
console.log("# From the character table of OpenCC (https://github.com/BYVoid/OpenCC), Apache-2.0, through npm opencc-js 1.4.2.");
for (const pair of table.split("|")) {
  const [from, to] = pair.split(" ");
  if (from !== to) console.log(from + to);
}
