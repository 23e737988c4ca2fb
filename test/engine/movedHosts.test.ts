import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import { simulatedHosts } from "../../scripts/pulumiProject";
import { describeWithEngine, diagnosticsOf, useLab } from "./lab";

describeWithEngine("hosts that moved since the last up", () => {
	const lab = useLab();

	test("a destroy says where the old ones are stored and what takes the new ones, and either does", async () => {
		const { project, sites } = lab();
		let file = sites.file;
		const moveTo = async (name: string) => {
			const moved = join(project.folder, name);
			renameSync(file, moved);
			file = moved;
			await project.configure(simulatedHosts(["east", "west"], moved));
		};
		const started = await project.up();
		expect(started.exitCode, started.text).toBe(0);

		await moveTo("moved.json");
		const destroyed = await project.destroy();
		expect(destroyed.exitCode).not.toBe(0);
		expect(diagnosticsOf(destroyed).filter((line) => /SR\d{4}|^at .*:\d+/.test(line))).toEqual([
			expect.stringMatching(/^error: SR6001: .*arrays\.json.*stored it in the state.*--run-program.*pulumi up/),
		]);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);

		await moveTo("movedAgain.json");
		const again = await project.destroy("--run-program");
		expect(again.exitCode, again.text).toBe(0);
		const arrays = Simulator.open(file);
		expect(arrays.look().relationships).toEqual([]);
		expect(arrays.calls().map(({ operation }) => operation)).toEqual(["Detach"]);
	});
});
