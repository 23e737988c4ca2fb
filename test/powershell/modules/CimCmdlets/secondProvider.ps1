# A second provider that lists the disks of one array once more, under ObjectIds of its own, with what it saw last. What
# `secondProvider` in the state takes is described in test/powershell/standIn.ts.

function Get-SecondId($State, [string]$Id) {
	if ($State.secondProvider.sameObjects) { return $Id }
	return $Id.Replace('{1}', '{2}')
}

# The rows of a class with those of the second provider before or behind them.
function Add-SecondProvider($State, [string]$ClassName, $Rows) {
	$second = $State.secondProvider
	if ($null -eq $second -or $second.discover -eq 'brings') { return $Rows }
	$own = @($State.disks | Where-Object { $_.array -eq $second.array } | ForEach-Object { $_.objectId })
	$more = @(foreach ($row in $Rows) {
			$copy = $row.PSObject.Copy()
			switch ($ClassName) {
				'MSFT_VirtualDisk' {
					if ($second.sameObjects -or $own -notcontains $row.ObjectId) { continue }
					$copy.ObjectId = Get-SecondId $State $row.ObjectId
					if ($null -ne $second.access) { $copy.Access = [uint16]$second.access }
					$copy
				}
				'MSFT_StorageSubSystemToVirtualDisk' {
					if ($own -notcontains $row.VirtualDisk.ObjectId) { continue }
					$copy.VirtualDisk = Get-Reference $State 'MSFT_VirtualDisk' (Get-SecondId $State $row.VirtualDisk.ObjectId)
					if ($null -ne $second.heldBy) { $copy.StorageSubSystem = Get-Reference $State 'MSFT_StorageSubSystem' ('array:' + $second.heldBy) }
					$copy
				}
				'MSFT_VirtualDiskToReplicaPeer' {
					if ($own -notcontains $row.VirtualDisk.ObjectId) { continue }
					$copy.VirtualDisk = Get-Reference $State 'MSFT_VirtualDisk' (Get-SecondId $State $row.VirtualDisk.ObjectId)
					$copy.ReplicaPeer = Get-Reference $State 'MSFT_ReplicaPeer' ('second-' + $row.ReplicaPeer.ObjectId)
					if ($null -ne $second.copyState) { $copy.CopyState = [uint16]$second.copyState }
					$copy
				}
				'MSFT_ReplicaPeer' {
					$copy.ObjectId = 'second-' + $row.ObjectId
					if ($second.reversed) { $copy.IsPrimary = -not $row.IsPrimary }
					$copy
				}
			}
		})
	if ($second.first) { return @($more) + @($Rows) }
	return @($Rows) + @($more)
}

function Update-SecondProvider($State, [string]$Root) {
	$second = $State.secondProvider
	if ($null -eq $second -or $Root -ne 'array:' + $second.array) { return }
	$wrong = if ($second.discover -eq 'corrects') { 'copyState', 'access', 'reversed' } else { @() }
	foreach ($property in @('discover') + $wrong) { $second.PSObject.Properties.Remove($property) }
}
