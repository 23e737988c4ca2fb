import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureEngine, withFirstOnPath } from "../../scripts/engine";
import { installPackage } from "../../scripts/installedPackage";
import { PulumiProject } from "../../scripts/pulumiProject";
import { describeWithPowerShell } from "../powershell/describeWithPowerShell";
import { requirePwsh } from "../powershell/realPowerShell";
import { StandIn, twoArrays } from "../powershell/standIn";
import { describeWithEngine } from "./lab";

/** Three pairs from East to West, each seen through hosts in another layout. */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication } from "pulumi-storage-replication";
const config = new pulumi.Config();
const layouts = { oneHost: ["management", "management"], hostForEach: ["east", "west"], bothSeeBoth: ["management", "second"] };
Object.entries(layouts).forEach(([name, [source, target]], index) =>
	new VirtualDiskReplication(name, {
		source: { host: source, virtualDisk: \`Disk000\${index}\` },
		target: { host: target, virtualDisk: \`Disk000\${index}-DR\` },
		state: config.get<"active" | "failedOver">("state"),
		lost: config.get<"source">("lost"),
	}));
`;

describeWithPowerShell("an array in trouble, through the real engine and the real PowerShell", () => {
	describeWithEngine("in three layouts of hosts at once", () => {
		let project: PulumiProject;
		let standIn: StandIn;

		beforeAll(async () => {
			standIn = new StandIn(twoArrays(3));
			const of = (host: string, entry: Record<string, string>) =>
				Object.entries(entry).map(([key, value]) => [`storageReplication:hosts.${host}.${key}`, value]);
			project = await PulumiProject.create(installPackage(), await ensureEngine(), {
				program,
				environment: withFirstOnPath(dirname(requirePwsh()), { ...process.env, ...standIn.environment }),
				config: Object.fromEntries([
					...of("management", { kind: "local" }),
					...of("second", { kind: "local" }),
					...of("east", { kind: "cim", computerName: "mgmt-east" }),
					...of("west", { kind: "cim", computerName: "mgmt-west" }),
				]),
			});
		});
		afterAll(() => project.remove());

		const ours = () => Object.values(project.state()).filter(({ type }) => type.includes("VirtualDiskReplication"));

		async function upApproved() {
			const first = await project.up("--continue-on-error");
			const tokens = [...first.text.matchAll(/approval: "([0-9a-f-]+)"/g)].map(([, token]) => token ?? "");
			if (tokens.length === 0) return first;
			await project.configure({ "storageReplication:approvals": JSON.stringify([...new Set(tokens)]) });
			return project.up();
		}

		test("nothing is dropped, the failover arrives, and there is a way back", async () => {
			const adopted = await project.up();
			expect(adopted.exitCode, adopted.text).toBe(0);
			standIn.change((state) => {
				state.trouble = [
					{ array: "East", id: "StorageWMI 46001", message: "An error was met while enumerating subsystem East." },
				];
			});

			const refreshed = await project.refresh();
			expect(ours(), refreshed.text).toHaveLength(3);
			const destroyed = await project.destroy();
			expect(destroyed.exitCode, destroyed.text).not.toBe(0);
			expect(ours(), destroyed.text).toHaveLength(3);
			expect(standIn.operations()).toEqual([]);

			await project.configure({ state: "failedOver", lost: "source" });
			const over = await upApproved();
			expect(over.exitCode, over.text).toBe(0);
			expect(standIn.operations()).toEqual([10, 10, 10]);
			expect(standIn.read().relationships.map(({ copyState }) => copyState)).toEqual([10, 10, 10]);

			standIn.change((state) => {
				state.trouble = [];
			});
			await project.configure({ state: "active", lost: "" });
			const back = await upApproved();
			expect(back.exitCode, back.text).toBe(0);
			expect(standIn.operations()).toEqual([10, 10, 10, 11, 11, 11]);
			expect(standIn.read().relationships.map(({ copyState }) => copyState)).toEqual([4, 4, 4]);
		});
	});
});
