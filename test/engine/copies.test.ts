import { expect, test } from "vitest";
import { describeWithEngine, type Lab, receivedSince, tokenIn, useLab, wish } from "./lab";

/** A snapshot and a clone of disks that no mirror has as its source; which of them are declared, and how, is configuration. */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskClone, VirtualDiskSnapshot } from "pulumi-storage-replication";
const config = new pulumi.Config();
const name = config.get("name") ?? "before";
const secretly = config.get("secretly");
new VirtualDiskSnapshot(name, {
	source: { host: "east", virtualDisk: "Ledger" },
	target: { virtualDisk: "Ledger-Snap", storagePool: "Pool" },
	triggers: config.get("release"),
	restore: secretly === undefined ? config.get("restore") : pulumi.secret("INC-" + secretly),
}, name === "before" ? {} : { aliases: [{ name: "before" }] });
new VirtualDiskClone("test", {
	source: { host: "west", virtualDisk: "Mail" },
	target: { virtualDisk: "Mail-Test", storagePool: "Pool" },
	state: config.get<"active" | "detached">("clone"),
});
`;

const operations = (lab: Lab) => receivedSince(lab, 0).filter((call) => !call.startsWith("Discover"));
const contentOf = ({ sites }: Lab, name: string) => sites.look().disks.find((disk) => disk.name === name)?.content;
const outputsOf = ({ project }: Lab, name: string) => project.state()[name]?.outputs ?? {};

describeWithEngine("copies", () => {
	const lab = useLab({ program, simulator: { speed: 20 } });
	const taken = ["CreateReplica at east", "CreateReplica at west"];
	let image: ReturnType<typeof contentOf>;

	const up = async (values: Record<string, string>, options: { readonly approval?: string } = {}) => {
		const { project } = lab();
		await wish(lab(), { ...values, "storageReplication:approvals": options.approval ?? "" });
		return project.up();
	};

	test("are taken, and stay as they are while their sources are written to", async () => {
		const { sites } = lab();
		await sites.change((world) => {
			for (const [name, uniqueId, array] of [
				["Ledger", "6000100000000009", "east-array"],
				["Mail", "6000200000000009", "west-array"],
			] as const) {
				world.disks.push({ name, uniqueId, array, readOnly: false, content: [] });
			}
		});
		await sites.write("Ledger", 5);
		await sites.write("Mail", 2);
		const made = await up({ release: "1" });
		expect(made.exitCode, made.text).toBe(0);
		expect(operations(lab()).sort()).toEqual(taken);
		image = contentOf(lab(), "Ledger");
		await sites.write("Ledger", 4);
		expect(contentOf(lab(), "Ledger-Snap")).toEqual(image);
		expect(contentOf(lab(), "Mail-Test")).toEqual(contentOf(lab(), "Mail"));
		expect(outputsOf(lab(), "before")).toMatchObject({ copyState: "Synchronized", complete: true, ended: null });
	});

	test("a snapshot is taken anew with the token that the preview prints, and the clone is let go of", async () => {
		const { project, sites } = lab();
		await wish(lab(), { release: "2", clone: "detached" });
		const preview = await project.run(["preview"]);
		expect(preview.text).toContain("ResyncReplica (14) at east");
		const retaken = await up({}, { approval: tokenIn(preview.text) });
		expect(retaken.exitCode, retaken.text).toBe(0);
		expect(operations(lab()).slice(2).sort()).toEqual(["Detach at west", "ResyncReplica at east"]);
		image = contentOf(lab(), "Ledger");
		expect(contentOf(lab(), "Ledger-Snap")).toEqual(image);
		expect(outputsOf(lab(), "test")).toMatchObject({ copyState: "absent", ended: "complete" });
		expect(contentOf(lab(), "Mail-Test")).toEqual(contentOf(lab(), "Mail"));
		await sites.write("Ledger", 3);
	});

	test("a source is restored once, by label, with its token", async () => {
		const { project } = lab();
		const refused = await up({ restore: "INC-7" });
		expect(refused.exitCode).not.toBe(0);
		expect(refused.text).toContain("SR5001");
		expect(operations(lab())).toHaveLength(4);
		const preview = await project.run(["preview"]);
		const approval = tokenIn(preview.text);
		const restored = await up({}, { approval });
		expect(restored.exitCode, restored.text).toBe(0);
		expect(operations(lab()).slice(4)).toEqual(["RestoreFromReplica at east"]);
		expect(contentOf(lab(), "Ledger")).toEqual(image);
		expect(outputsOf(lab(), "before")).toMatchObject({ restored: "INC-7", copyState: "Synchronized" });
		expect((await up({}, { approval })).exitCode).toBe(0);
		expect(operations(lab())).toHaveLength(5);
	});

	test("another name with its alias sends nothing, and neither does a label that is taken away", async () => {
		const { project } = lab();
		const renamed = await up({ name: "before-upgrade", restore: "" });
		expect(renamed.exitCode, renamed.text).toBe(0);
		expect(operations(lab())).toHaveLength(5);
		expect(outputsOf(lab(), "before-upgrade")).toMatchObject({ restored: "INC-7" });
		expect(project.state().before).toBeUndefined();
	});

	test("a label that is a secret by now asks for nothing, and stands nowhere in clear", async () => {
		const { project } = lab();
		const again = await up({ secretly: "7" });
		expect(again.exitCode, again.text).toBe(0);
		expect(operations(lab())).toHaveLength(5);
		for (const text of [again.text, project.stateText()]) expect(text).not.toContain("INC-7");
	});

	test("destroy ends the snapshot, nothing of the clone that is gone, and both disks stay", async () => {
		const { project, sites } = lab();
		const destroyed = await project.run(["destroy", "--yes"]);
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(operations(lab()).slice(5)).toEqual(["Dissolve at east"]);
		expect(sites.look().disks.map(({ name }) => name)).toEqual(expect.arrayContaining(["Ledger-Snap", "Mail-Test"]));
		expect(contentOf(lab(), "Ledger-Snap")).toEqual(image);
		// Those to Ledger since its second image, as the token of the restore said; the four before are in that image.
		expect(sites.writes().lost).toBe(3);
	});
});
