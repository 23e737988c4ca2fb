import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { planTransition } from "../../../provider/planner/planTransition";
import { everyCoreSituation, randomSituation, seeded } from "../situations";

/*
 * Records what the planner answers today, once, before the contract grows: `npx tsx test/planner/golden/record.ts FILE`.
 * A file that is there is never recorded anew: the answers of a released contract do not change.
 */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("give the name of the file to write");
const random = seeded(20_261_129);
const drawn = Array.from({ length: 4_000 }, () => randomSituation(random));
const core = [...everyCoreSituation()];
const spread = Array.from({ length: 1_000 }, (_, index) => core[Math.floor((index * core.length) / 1_000)]);
const lines = [...drawn, ...spread].map((situation) =>
	JSON.stringify({ situation, answer: situation === undefined ? null : planTransition(situation) }),
);
writeFileSync(join(__dirname, file), gzipSync(`${lines.join("\n")}\n`, { level: 9 }));
