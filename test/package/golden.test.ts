import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import { simulatedHosts } from "../../scripts/pulumiProject";
import { describeWithEngine, makeLab } from "../engine/lab";

const golden = join(__dirname, "..", "golden");
const releases = readdirSync(golden, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

test("the current release has its state recorded", () => {
	const { version } = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as {
		version: string;
	};
	expect(releases).toContain(version);
});

describeWithEngine("the state that a release left behind", () => {
	test.each(releases)("%s: refresh and preview find nothing, and the arrays get nothing", async (release) => {
		const program = readFileSync(join(golden, release, "program.txt"), "utf8");
		const { project } = await makeLab({ program });
		try {
			const file = join(project.folder, "arrays.json");
			copyFileSync(join(golden, release, "arrays.json"), file);
			await project.configure(simulatedHosts(["east", "west"], "./arrays.json"));
			const imported = await project.run(["stack", "import", "--file", join(golden, release, "stack.json")]);
			expect(imported.exitCode, imported.text).toBe(0);
			const sent = Simulator.open(file).calls().length;
			const refreshed = await project.refresh();
			expect(refreshed.text).toMatch(/Resources:\n +5 unchanged\n/);
			const records = () =>
				Object.fromEntries(Object.entries(project.state()).map(([name, { outputs }]) => [name, outputs?.record]));
			const before = records();
			const up = await project.up();
			expect(up.text).toMatch(/Resources:\n +5 unchanged\n/);
			expect(up.text).not.toMatch(/warning:|error:/);
			expect(records(), "nothing that was remembered is forgotten").toEqual(before);
			expect(Object.values(before).filter((record) => record !== undefined)).toHaveLength(4);
			expect(Simulator.open(file).calls()).toHaveLength(sent);
		} finally {
			project.remove();
		}
	});
});
