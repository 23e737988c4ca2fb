import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { describeWithEngine, operationsIn, tokenIn, useLab } from "./lab";

/**
 * What is told, and what is asked, through the real engine: by its exit code, by the calls that arrived, by the hosts
 * that were contacted. Engine commands are slow, so every command serves several pairs, each with a trouble of its own.
 */
const names = ["Modeless", "Planned", "Lost", "Half", "NewHalf", "Replaced", "Updated", "Created", "Killed", "Deleted"];
const hiddenNames = ["Hidden", "LongHidden"];

describeWithEngine("what is told of a relationship, and asked before it is touched (srdf)", () => {
	const lab = useLab({
		program: "",
		hosts: ["gone"],
		simulator: { profile: "srdf" },
		pairs: [...names, ...hiddenNames].map((source) => ({
			source,
			target: `${source}-DR`,
			...(source === "Modeless" ? { traits: { reportsMode: false } } : {}),
		})),
	});

	const declared: Record<string, object> = {};
	/** Changes what the program declares; arguments that are not named stay. */
	const declare = (changes: Record<string, object>) => {
		for (const [name, args] of Object.entries(changes)) declared[name] = { ...declared[name], ...args };
		lab().project.write(`
import { VirtualDiskReplication } from "pulumi-storage-replication";
const declared: Record<string, object> = ${JSON.stringify(declared)};
for (const [name, args] of Object.entries(declared)) {
	const ends = { source: { host: "east", virtualDisk: name }, target: { host: "west", virtualDisk: name + "-DR" } };
	new VirtualDiskReplication(name, { ...ends, ...args });
}
`);
	};
	const urnOf = (name: string) =>
		`urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication::${name}`;
	const stored = (name: string) => lab().project.state()[name];
	/** What the array received for one pair. */
	const sentTo = (name: string, from = 0) =>
		lab()
			.sites.calls()
			.slice(from)
			.filter(({ disk, method }) => method !== "Discover" && disk.replace(/(-2)?(-DR)?$/, "") === name)
			.map(({ operation, method, host }) => `${operation ?? method} at ${host}`);
	/** What the engine's summary says under one resource. */
	const toldOf = (name: string, text: string) => {
		const summary = text.slice(text.indexOf("\nDiagnostics:"));
		return new RegExp(`\\(${name}\\):\\n((?: {4}.*\\n|\\n)*)`).exec(summary)?.[1] ?? "";
	};
	const contactsOf = (host: string) => {
		const file = `${lab().sites.file}.log`;
		if (!existsSync(file)) return 0;
		return readFileSync(file, "utf8").split(`"host":"${host}"`).length - 1;
	};
	const until = async (holds: () => boolean) => {
		for (let looks = 0; looks < 2_400 && !holds(); looks++) await sleep(25);
	};
	/** Runs a command; the first call for each of these stands still until all have arrived and `act` moves the time on. */
	const afterFirstCall = async <T>(called: readonly string[], run: () => Promise<T>, act: () => Promise<void>) => {
		await lab().sites.addFault({ kind: "slow", factor: 1_000 });
		const before = called.map((name) => sentTo(name).length);
		const running = run();
		await until(() => called.every((name, index) => sentTo(name).length > (before[index] ?? 0)));
		await lab().sites.removeFaults();
		await act();
		return running;
	};
	/** Nobody shows these for a moment: until a host was looked at. */
	const hiddenForAMoment = async <T>(hidden: readonly string[], run: () => Promise<T>): Promise<T> => {
		for (const name of hidden) await lab().sites.hide(name, 600_000);
		const before = contactsOf("east");
		const running = run();
		await until(() => contactsOf("east") > before);
		const ids = lab()
			.sites.look()
			.disks.filter(({ name }) => hidden.includes(name));
		await lab().sites.change((world) => {
			for (const link of world.relationships)
				if (ids.some(({ uniqueId }) => uniqueId === link.source)) link.hiddenUntilMs = null;
		});
		return running;
	};

	test("a mode that the array does not report is no argument: adopted, updated, refreshed", async () => {
		declare({
			Modeless: {},
			Planned: { state: "suspended" },
			Lost: { target: { host: "gone", virtualDisk: "Lost-DR" } },
			Half: {},
			Replaced: {},
			Updated: { timeouts: { transitionMinutes: 0.15 } },
			Killed: {},
			Deleted: { timeouts: { deleteMinutes: 0.05 } },
		});
		const first = await lab().project.up();
		expect(first.exitCode, first.text).toBe(0);
		expect(stored("Modeless")?.outputs).toMatchObject({ syncMode: "unknown", copyState: "Synchronized" });
		const from = lab().sites.calls().length;
		const contacted = contactsOf("gone");
		declare({ Modeless: { state: "suspended" }, Planned: { state: "active" }, Lost: { lost: "target" } });
		const second = await lab().project.up();
		expect(second.exitCode, second.text).toBe(0);
		expect(sentTo("Modeless", from)).toEqual(["Suspend at east"]);

		// Check, which has no record, takes an unseen target for one with writes of its own.
		const { inputs, outputs } = stored("Planned") ?? {};
		expect(inputs?.plannedOperations).toEqual([
			expect.stringMatching(/^1\. Resume .*\[dataLoss: writes of Planned-DR\]$/),
		]);
		expect(toldOf("Planned", second.text)).toMatch(
			/1\. Resume .*\[protectionLoss\]\n.*the plan above is the one that up runs/,
		);
		expect(outputs?.plannedOperations).toEqual([expect.stringMatching(/^1\. Resume .*\[protectionLoss\]$/)]);
		expect(sentTo("Planned", from)).toEqual(operationsIn(outputs?.plannedOperations as string[]));

		await lab().sites.forget("Half");
		const refreshed = await lab().project.refresh();
		expect(refreshed.exitCode, refreshed.text).toBe(0);
		expect(stored("Modeless")?.outputs).toMatchObject({ syncMode: "unknown", copyState: "Suspended" });
		expect(toldOf("Half", refreshed.text)).toContain("half a relationship");
		expect(contactsOf("gone"), "an end that is declared lost").toBe(contacted);
	});

	test("the host of a lost end is not contacted by a refresh that finds the other one silent", async () => {
		const contacted = contactsOf("gone");
		await lab().sites.host("east").down();
		const refreshed = await lab().project.refresh("--target", urnOf("Lost"));
		await lab().sites.host("east").up();
		expect(refreshed.exitCode).not.toBe(0);
		expect(refreshed.text).toContain("SR4001");
		expect(contactsOf("gone")).toBe(contacted);
	});

	test("a run that stops half way names what was done; half a relationship and a replacement ask first", async () => {
		const { project, sites } = lab();
		await sites.forget("NewHalf");
		await sites.change((world) => {
			const disk = world.disks.find(({ name }) => name === "Replaced");
			if (disk === undefined) throw new Error("no disk");
			world.disks.push({ ...disk, name: "Replaced-2", uniqueId: "6000100000000077" });
		});
		declare({ Updated: { state: "reversed" }, Created: { state: "reversed", timeouts: { transitionMinutes: 0.15 } } });
		const both = ["Updated", "Created"];
		const from = sites.calls().length;
		const stopped = await afterFirstCall(
			both,
			() => project.up("--continue-on-error", ...both.flatMap((name) => ["--target", urnOf(name)])),
			async () => {
				await sites.late(600_000, 2);
				await sites.advance(400_000);
				await until(() => both.every((name) => sentTo(name, from).length === 2));
				for (const host of ["east", "west"]) await sites.host(host).down();
			},
		);
		await sites.removeFaults();
		await sites.advance(600_000);
		expect(stopped.exitCode, stopped.text).not.toBe(0);
		for (const name of both) {
			expect(sentTo(name, from)).toEqual(["Failover at east", "ReverseRoles at east"]);
			const told = toldOf(name, stopped.text);
			expect(told).toMatch(/SR4001.*Done: Failover \(10\).*Sent, not proved: ReverseRoles \(20\).*answered 0/);
			expect(told).not.toContain("nothing was changed");
		}

		// The target is the same, so the engine ends the old relationship before it makes the new one. For itself: with
		// --continue-on-error the engine waits for ever for a resource whose old one could not be deleted (measured).
		declare({ Replaced: { source: { host: "east", virtualDisk: "Replaced-2" } } });
		const asked = await project.up("--target", urnOf("Replaced"));
		expect([asked.exitCode !== 0, sentTo("Replaced")]).toEqual([true, []]);
		expect(toldOf("Replaced", asked.text)).toContain("SR5001");

		declare({ NewHalf: {}, Replaced: { approval: tokenIn(toldOf("Replaced", asked.text)) } });
		const again = await project.up("--continue-on-error");
		expect(again.exitCode).not.toBe(0);
		expect(sentTo("Replaced")).toEqual(["Detach at east", "CreateReplica at east"]);
		for (const name of ["Half", "NewHalf"]) {
			expect(toldOf(name, again.text)).toMatch(/half a relationship[\s\S]*SR5001/);
			expect(sentTo(name)).toEqual([]);
		}
		// The source stood still under nobody's eyes since: that is asked about, and nobody is said to have moved the roles.
		for (const name of both) {
			expect(toldOf(name, again.text)).toMatch(/1\. Resume \(16\) at west[\s\S]*SR5001/);
			expect(toldOf(name, again.text)).not.toMatch(/SR5003|roles are not/);
			expect(sentTo(name)).toHaveLength(2);
		}
		for (const name of ["Half", "NewHalf", ...both])
			declare({ [name]: { approval: tokenIn(toldOf(name, again.text)) } });
		expect(sites.writes().lost).toBe(0);
	});

	test("our own killed run is gone on with, not told as somebody's; what is hidden is not created, not even with consent", async () => {
		const { project, sites } = lab();
		declare({ Killed: { state: "reversed" } });
		const killed = await afterFirstCall(
			["Killed"],
			() => project.up("--target", urnOf("Killed")),
			async () => {
				await sites.addFault({ kind: "crash", effect: true, times: 1 });
				await sites.advance(400_000);
			},
		);
		expect([killed.exitCode !== 0, sentTo("Killed")]).toEqual([true, ["Failover at east", "ReverseRoles at east"]]);

		declare({ Hidden: {}, LongHidden: {} });
		await sites.hide("LongHidden", 600_000);
		const preview = await hiddenForAMoment(["Hidden"], () => project.run(["preview"]));
		expect(preview.exitCode, preview.text).toBe(0);
		expect(toldOf("Killed", preview.text)).toMatch(/plan: 1\. Resume/);
		expect(toldOf("Killed", preview.text)).not.toMatch(/SR5003|roles are not/);
		expect(toldOf("Hidden", preview.text)).toContain("adopts what is there");
		expect(toldOf("Hidden", preview.text)).not.toContain("CreateReplica");
		for (const name of ["LongHidden", "Killed"]) declare({ [name]: { approval: tokenIn(toldOf(name, preview.text)) } });
		const from = sites.calls().length;
		const up = await hiddenForAMoment(hiddenNames, () => project.up());
		expect(up.exitCode, up.text).toBe(0);
		for (const name of hiddenNames) {
			expect(sentTo(name)).toEqual([]);
			expect(stored(name)?.outputs).toMatchObject({ copyState: "Synchronized" });
		}
		for (const name of ["Half", "NewHalf"]) {
			expect(sentTo(name)).toEqual(["Detach at west", "CreateReplica at east"]);
			expect(stored(name)?.outputs).toMatchObject({ direction: "forward", copyState: "Synchronized" });
		}
		for (const name of ["Updated", "Created", "Killed"]) {
			expect(sentTo(name, from)).toEqual(["Resume at west"]);
			expect(stored(name)?.outputs).toMatchObject({ direction: "reverse", copyState: "Synchronized" });
		}
		expect(sites.writes().lost).toBe(0);
	});

	test("a destroy whose hosts fall silent after its call names the call; the next one ends what is left", async () => {
		const { project, sites } = lab();
		await sites.late(600_000);
		const running = project.destroy("--target", urnOf("Deleted"));
		await until(() => sentTo("Deleted").length > 0);
		for (const host of ["east", "west"]) await sites.host(host).down();
		const stopped = await running;
		expect(stopped.exitCode).not.toBe(0);
		expect(sentTo("Deleted")).toEqual(["Detach at east"]);
		expect(stopped.text).toMatch(/SR4001.*Sent, not proved: Detach \(8\) at east.*answered 0/);
		expect(stopped.text).not.toContain("nothing was changed");
		await sites.removeFaults();
		await sites.advance(600_000);
		const from = sites.calls().length;
		const destroyed = await project.destroy();
		expect(destroyed.exitCode, destroyed.text).toBe(0);
		expect(sentTo("Deleted", from)).toEqual([]);
		expect(sentTo("Modeless", from)).toEqual(["Detach at east"]);
		expect(sites.look().relationships).toEqual([]);
	});
});
