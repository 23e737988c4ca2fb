import { expect, test } from "vitest";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { lab } from "./lab";

const unreadOf = (unread: readonly { readonly hides: string }[]) => [...new Set(unread.map(({ hides }) => hides))];

describeWithPowerShell("the cache of the Storage service", () => {
	test.each(["done", "job"] as const)("cold, it says so, and knows the rest after Discover (%s)", async (discover) => {
		const { host, standIn } = lab((state) => {
			state.cold = "disks";
			state.settings.discover = discover;
		});
		const cold = await host.observe();
		expect(cold).toMatchObject({ disks: [], relationships: [] });
		expect(unreadOf(cold.unread)).toEqual(["disks", "relationships"]);
		expect(JSON.stringify(cold.unread)).toContain("CurrentCacheLevel 0");
		expect(await host.discoverArrays()).toEqual([]);
		expect(await host.observe()).toMatchObject({ disks: [{}, {}], relationships: [{}, {}], unread: [] });
		const calls = standIn.calls().filter(({ method }) => method === "Discover");
		expect(calls.map((call) => call.arguments)).toEqual([
			{ RootObject: "array:East", RunAsJob: true },
			{ RootObject: "array:West", RunAsJob: true },
		]);

		const unreadable = { id: "HRESULT 0x800706ba", category: "ConnectionError", message: "RPC" };
		standIn.change((state) => {
			state.faults = [{ on: "Get-CimClass", times: 9, kind: "error", ...unreadable }];
		});
		expect(await host.discoverArrays(), "without RunAsJob, which is better than not at all").toEqual([]);
		const last = standIn.calls().findLast(({ method }) => method === "Discover");
		expect(last?.arguments).toEqual({ RootObject: "array:West" });
	});

	test("an array that cannot be discovered stays unknown, and is named", async () => {
		const { host, standIn } = lab((state) => {
			state.trouble = [{ array: "East", id: "StorageWMI 46001", message: "East does not answer." }];
		});
		expect(await host.discoverArrays()).toEqual([
			expect.objectContaining({ hides: "disks", subsystem: "East" }),
			expect.objectContaining({ hides: "relationships", subsystem: "East" }),
		]);
		for (const [discover, told] of [
			["jobFails", "the discovery broke off"],
			[1, "return code 1, Not Supported"],
		] as const) {
			standIn.change((state) => {
				state.trouble = [];
				state.settings.discover = discover;
			});
			const undiscovered = await host.discoverArrays();
			expect(undiscovered).toHaveLength(4);
			expect(JSON.stringify(undiscovered)).toContain(told);
		}
	});

	test("a disk is discovered by itself, with how the provider keeps its cache", async () => {
		const { host, standIn } = lab();
		const [disk] = (await host.observe()).disks;
		const request = { diskObjectId: disk?.objectId ?? "" };
		expect(await host.discover(request)).toMatchObject({ returnCode: 0, cacheIsAutomatic: true });
		standIn.change((state) => {
			state.settings.cacheMode = 3;
		});
		expect(await host.discover(request)).toMatchObject({ returnCode: 0, cacheIsAutomatic: false });
	});
});
