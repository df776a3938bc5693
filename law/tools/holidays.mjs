// Makes holidays.csv.
//
//   npm install chinese-days@1.5.7
//   node holidays.mjs node_modules/chinese-days/dist/years > ../holidays.csv
//
// The source holds the State Council's yearly arrangement: the days off, and the weekend days worked for them.
import { readFileSync, readdirSync } from "node:fs";

const folder = process.argv[2];
const rows = new Map();
for (const file of readdirSync(folder).filter((f) => /^20(1\d|2\d)\.json$/.test(f)).sort()) {
  const year = file.slice(0, 4);
  const table = JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));
  for (const [kind, days] of [["holiday", table.holidays], ["workday", table.workdays]]) {
    for (const [date, text] of Object.entries(days)) {
      const [en, zh] = text.split(",");
      rows.set(date, [date, kind, zh, en, year].join(","));
    }
  }
}
console.log("# calendar: CN-State-Council-2010-2026");
console.log("date,kind,name_zh,name_en,year");
for (const date of [...rows.keys()].sort()) console.log(rows.get(date));
