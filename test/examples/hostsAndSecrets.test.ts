import { cpSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { withFirstOnPath } from "../../scripts/engine";
import { mustSucceed } from "../../scripts/pulumiProject";
import { blocksOf } from "../docs/pages";
import { describeWithEngine, useLab } from "../engine/lab";
import { describeWithPowerShell } from "../powershell/describeWithPowerShell";
import { Judge } from "../powershell/judge";
import { requirePwsh } from "../powershell/realPowerShell";

const example = join(__dirname, "..", "..", "examples", "hosts-and-secrets");
const text = (name: string) => readFileSync(join(example, name), "utf8");
const blocks = blocksOf({ path: "README.md", text: text("README.md") }).map((block) => block.text);
const password = "canary-7be2";

describeWithPowerShell("examples/hosts-and-secrets", () => {
	describeWithEngine("one program, two stacks", () => {
		const windows = new Judge("two-machines");
		const lab = useLab({
			program: text("index.ts"),
			environment: withFirstOnPath(dirname(requirePwsh()), { ...process.env, ...windows.environment }),
		});
		beforeAll(async () => {
			for (const stack of ["test", "prod"])
				cpSync(join(example, `Pulumi.${stack}.yaml`), join(lab().project.folder, `Pulumi.${stack}.yaml`));
			await windows.change((state) => {
				const renamed = JSON.stringify(state).replaceAll('"Sales DR"', '"Orders-DR"').replaceAll('"Sales"', '"Orders"');
				Object.assign(state, JSON.parse(renamed));
				for (const name of ["east", "west"])
					Object.assign(state.machines[name] ?? {}, { credential: { user: "svc", password } });
			});
		});

		test("test runs on the simulator", async () => {
			const { project, sites } = lab();
			mustSucceed(await project.run(["stack", "init", "test"]));
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			expect(up.text).toContain("adopts what is there");
			expect(sites.calls()).toEqual([]);
		});

		test("prod needs its passwords, works with them, and shows them nowhere", async () => {
			const { project } = lab();
			mustSucceed(await project.run(["stack", "init", "prod"]));
			const without = await project.preview();
			expect(without.exitCode).not.toBe(0);
			const [refusal = "the README shows it"] = blocks.filter((block) => block.startsWith("SR"));
			expect(without.text).toContain(refusal.trim());
			const key = (host: string) => `storageReplication:hosts.${host}.credential.password`;
			await project.configure({}, { [key("east")]: password, [key("west")]: password });
			const preview = await project.preview("--logtostderr", "-v=9");
			expect(preview.exitCode, preview.text).toBe(0);
			expect(preview.text).toContain("adopt: nothing to do");
			const up = await project.up();
			expect(up.exitCode, up.text).toBe(0);
			const { stdout: state } = mustSucceed(await project.run(["stack", "export"]));
			expect(state).toContain('::orders"');
			const stored = readFileSync(join(project.folder, "Pulumi.prod.yaml"), "utf8");
			expect(stored).toMatch(/secure: /);
			for (const shown of [preview.text, up.text, state, stored]) expect(shown).not.toContain(password);
			expect(windows.calls()).toEqual([]);
		});
	});
});
