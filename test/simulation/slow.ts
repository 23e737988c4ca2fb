import { drawStory } from "/tmp/w/simulate/main/test/simulation/draw";
import { verdictsOf } from "/tmp/w/simulate/main/test/simulation/run";

(async () => {
	const [from, n] = process.argv.slice(2).map(Number);
	for (let s = from!; s < from! + n!; s++) {
		process.stderr.write(`${s} `);
		const t = Date.now();
		const v = await verdictsOf(drawStory(s));
		const d = Date.now() - t;
		if (d > 1000) console.log("slow", s, d);
		for (const x of v) console.log(s, x.kind, x.what.slice(0, 500));
	}
})();
