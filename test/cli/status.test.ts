import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../provider/executor/clock";
import { connectSimulator, Simulator } from "../../provider/hosts/simulator";
import { addCopy } from "../../provider/hosts/simulator/pair";
import { healthOf, StatusReader } from "../../provider/status";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

const ends = { source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } };

async function lab() {
	const folder = temporaryFolder("status");
	const sites = await Simulator.create(join(folder, "arrays.json"));
	const hosts = Object.fromEntries(
		["east", "west", "both"].map((name) => [name, { kind: "simulator", file: sites.file }]),
	);
	const hostsFile = join(folder, "hosts.json");
	writeFileSync(hostsFile, JSON.stringify(hosts));
	const status = (...args: string[]) =>
		run(["status", "--hosts", hostsFile, "--source", "east:Orders", "--target", "west:Orders-DR", ...args]);
	return { sites, hosts: hostsFile, status };
}

describe("status", () => {
	test("shows health, and every label stands apart from its value", async () => {
		const { sites, status } = await lab();
		await sites.host("west").down();
		const { code, out } = await status();
		// What is known is told; that it is not all is in the exit code.
		expect(code).toBe(1);
		expect(out).toMatch(/^source disk {2,}Healthy \(OK\)$/m);
		expect(out).toMatch(/^target not read {2}SR4001/m);
		for (const line of out.trim().split("\n")) expect(line).toMatch(/^[a-z ]+ {2,}\S/);
		const { health } = JSON.parse((await status("--json")).out) as { health: unknown };
		expect(health).toEqual({ source: { healthStatus: "Healthy", operationalStatus: ["OK"] }, target: null });
		await sites.health("Orders", "detached");
		expect((await status()).out).toMatch(/^source disk {2,}Unknown \(Detached\)$/m);
	});

	test.each([[[]], [["--json"]]])(
		"%j with both hosts silent is an error and says nothing of a relationship",
		async (args) => {
			const { sites, status } = await lab();
			await sites.host("east").down();
			await sites.host("west").down();
			const { code, out, err } = await status(...args);
			expect(out).toBe("");
			expect(err).toMatch(/^SR4001: .*east.*west/);
			expect(code).toBe(1);
		},
	);

	test("does not take the word of one host for the absence of what the other may hold", async () => {
		const { sites, status } = await lab();
		await sites.change((world) => {
			world.relationships = [];
		});
		await sites.host("west").down();
		const { code, out, err } = await status();
		expect([code, out]).toEqual([1, ""]);
		expect(err).toMatch(/^SR4001: .*west/);
	});

	test("names a hosts file that is no JSON and quotes nothing of it", async () => {
		const hosts = join(temporaryFolder("hosts"), "hosts.json");
		writeFileSync(hosts, '{ "east": { "kind": "cim", "password": "hunter2" oops');
		const { code, err } = await run(["status", "--hosts", hosts, "--source", "east:A", "--target", "west:B"]);
		expect(code).toBe(2);
		expect(err).toMatch(/^SR2010: the hosts file .*hosts\.json could not be read: it is not JSON/);
		expect(err).not.toMatch(/hunter2|oops/);
	});

	test("says none only when both hosts say so", async () => {
		const { sites, status } = await lab();
		await sites.change((world) => {
			world.relationships = [];
		});
		const { code, out } = await status();
		expect([code, out.split("\n")[0]]).toEqual([0, "relationship  none"]);
	});
});

describe("status of a host", () => {
	const reader = ({ file }: Simulator) =>
		new StatusReader((name) => connectSimulator({ name, file }), new SimulatedClock(1_000_000));
	const contradicted = (sites: Simulator, copyState: "Broken" | "Failedover") =>
		sites.contradict("east", "Orders", { copyState, untilDiscover: false });

	test("lists each relationship once, the worst first, at whichever array it is seen", async () => {
		const { sites } = await lab();
		const states = async (host: string) =>
			(await reader(sites).readHost(host)).relationships.map(
				({ source, target, copyState, rolesKnown }) =>
					`${source.virtualDisk} ${target.virtualDisk} ${copyState} ${rolesKnown}`,
			);
		const [ledger, orders] = ["Ledger Ledger-DR Synchronized true", "Orders Orders-DR Synchronized true"];
		for (const host of ["east", "west", "both"]) expect(await states(host)).toEqual([ledger, orders]);
		await contradicted(sites, "Broken");
		expect(await states("east")).toEqual(["Orders Orders-DR Broken true", ledger]);
		await sites.changeRoles("Ledger");
		await sites.health("Ledger", "warning");
		expect(await states("west")).toEqual(["Ledger-DR Ledger Synchronized true", orders]);
	});

	test("that tells one in two ways: the worse counts whatever the order of rows, and contradictions come first", async () => {
		const { sites } = await lab();
		for (const isFirst of [true, false]) {
			for (const [link, told] of [
				[
					{ copyState: 5 },
					{ contradiction: null, copyState: "Broken", differences: [expect.stringContaining("Broken")] },
				],
				[{ copyState: 10 }, { contradiction: expect.stringContaining("failed over") }],
				[{ role: "target" }, { contradiction: expect.stringContaining("as source"), rolesKnown: false }],
			] as const) {
				const twice = new StatusReader((name) => {
					const host = connectSimulator({ name, file: sites.file });
					const observe = host.observe.bind(host);
					host.observe = async () => {
						const seen = await observe();
						const orders = seen.relationships.filter(({ peerName }) => peerName === "Orders-DR");
						const more = orders.map((one) => ({ ...one, ...link }));
						const relationships = isFirst ? [...more, ...seen.relationships] : [...seen.relationships, ...more];
						return { ...seen, relationships };
					};
					return host;
				}, new SimulatedClock(0));
				const [worst] = (await twice.readHost("east")).relationships;
				expect(worst).toMatchObject({ source: { virtualDisk: "Orders" }, ...told });
			}
		}
	});

	test("that says of one disk alone whether it is the source: that is enough, and neither is not", async () => {
		const { sites } = await lab();
		const known = async (says: (name: string) => boolean) => {
			const reader = new StatusReader((name) => {
				const host = connectSimulator({ name, file: sites.file });
				const observe = host.observe.bind(host);
				host.observe = async () => {
					const seen = await observe();
					const relationships = seen.relationships.map((link) =>
						says(link.peerName) ? link : { ...link, role: "unknown" as const },
					);
					return { ...seen, relationships };
				};
				return host;
			}, new SimulatedClock(0));
			return (await reader.readHost("both")).relationships.map(
				({ source, rolesKnown }) => `${source.virtualDisk} ${rolesKnown}`,
			);
		};
		await sites.changeRoles("Ledger");
		for (const peer of ["-DR", ""]) {
			const told = await known((name) => name.endsWith("-DR") === (peer === "-DR"));
			expect(told).toEqual(["Ledger-DR true", "Orders true"]);
		}
		expect(await known(() => false)).toEqual(["Ledger false", "Orders false"]);
	});

	test("discovers before it says that there is none, and says what could not be read", async () => {
		const { sites } = await lab();
		for (const hides of ["disks", "relationships"] as const) {
			await sites.addFault({ kind: "coldCache", host: "east", hides });
			expect(await reader(sites).readHost("east")).toMatchObject({ relationships: [{}, {}], unread: [] });
		}
		await sites.addFault({ kind: "subsystemError", array: "west-array", named: true });
		const { relationships, unread } = await reader(sites).readHost("both");
		expect(relationships).toHaveLength(2);
		expect(unread).toEqual(
			["disks", "relationships", "jobs", "groups"].map((hides) => expect.stringContaining(`not all ${hides}`)),
		);
	});

	test("tells a copy by its kind, what it holds, and the one that is asked for", async () => {
		const { sites, hosts } = await lab();
		await sites.change((world) => addCopy(world, { source: "Orders", target: "Orders-Snap", kind: "Snapshot" }, 0));
		const status = (...args: string[]) => run(["status", "--hosts", hosts, ...args]);
		expect((await status("--host", "east")).out).toMatch(/^Orders +Orders-Snap +Snapshot +Synchronized/m);
		const ends = ["--source", "east:Orders", "--target", "east:Orders-Snap"];
		const { code, out } = await status(...ends);
		expect(code).toBe(0);
		expect(out).toMatch(
			/^kind +Snapshot\ncopied from +Orders at east\ncopy +Orders-Snap at east\ncomplete +yes\npoint in time +\d{4}-/m,
		);
		expect((await status(...ends, "--kind", "clone")).out).toMatch(/^relationship +none$/m);
	});

	test("prints a table or JSON; what was not read is in the exit code, and a silent host says nothing", async () => {
		const { sites, hosts } = await lab();
		const status = (...args: string[]) => run(["status", "--hosts", hosts, ...args]);
		const whole = await status("--host", "east");
		expect(whole.out.split("\n")[1]).toBe("Ledger   Ledger-DR  Mirror  Synchronized  100 %   0 s");
		expect(whole.code).toBe(0);
		await sites.addFault({ kind: "subsystemError", array: "west-array", named: true });
		const partly = await status("--host", "both");
		expect([partly.code, partly.out]).toEqual([1, expect.stringMatching(/^not read: not all disks of west-array/m)]);
		const json = await status("--host", "both", "--json");
		expect([json.code, JSON.parse(json.out)]).toEqual([1, expect.objectContaining({ host: "both" })]);
		await sites.removeFaults();
		await contradicted(sites, "Failedover");
		const ends = ["--source", "east:Orders", "--target", "west:Orders-DR"];
		expect((await status(...ends)).out).toMatch(
			/^serving +not known\ncopy +not known$(.|\n)*^contradiction +the hosts/m,
		);
		await sites.host("east").down();
		expect(await status("--host", "east")).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/^SR4001/) });
		expect((await status("--host", "nobody")).code).toBe(2);
		for (const args of [[], ["--host", "east", "--source", "east:Orders"], ["--source", "east:Orders"]]) {
			expect(await status(...args)).toMatchObject({ code: 2, err: expect.stringMatching(/^error: give either/) });
		}
	});
});

test("fifty readings at once, and again within 30 seconds, cost one of each host", async () => {
	const { sites } = await lab();
	const clock = new SimulatedClock(1_000_000);
	const reader = new StatusReader((name) => connectSimulator({ name, file: sites.file }), clock);
	const readings = () => readFileSync(`${sites.file}.log`, "utf8").trim().split("\n").length;
	const all = () => Promise.all(Array.from({ length: 50 }, () => reader.read(ends, "cached")));
	for (const { presence } of [...(await all()), ...(await all())]) expect(presence).toBe("present");
	expect(readings()).toBe(2);
	clock.advance(31_000);
	await all();
	expect(readings()).toBe(4);
});

test("health is told by name, a number without one by number, and what is not reported as that", () => {
	const disk = {
		objectId: "",
		uniqueId: "",
		friendlyName: "",
		subsystem: "",
		subsystemName: "",
		subsystemUniqueId: "",
		otherSubsystems: [],
	};
	expect(healthOf({ ...disk, access: 3, healthStatus: 2, operationalStatus: [53250, 77] })).toEqual({
		healthStatus: "Unhealthy",
		operationalStatus: ["Detached", "unknown status 77"],
	});
	expect(healthOf({ ...disk, access: 3, healthStatus: null, operationalStatus: [] })).toEqual({
		healthStatus: null,
		operationalStatus: [],
	});
});
