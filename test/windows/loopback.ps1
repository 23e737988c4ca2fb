# Makes this machine reachable from itself (STEP on): WinRM with HTTP and HTTPS, a local administrator LOOPBACK_USER with the
# password in PASSWORD, and OpenSSH with a key. STEP shell makes Windows PowerShell the shell of ssh. Only for machines that
# are thrown away: nothing is put back. Writes nothing that is secret.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function Invoke-Program([string]$File, [string[]]$Arguments) {
	# Native programs talk on stderr; only their code counts.
	$ErrorActionPreference = 'Continue'
	$text = & $File @Arguments 2>&1 | Out-String
	if ($LASTEXITCODE -ne 0) { throw "$File ended with ${LASTEXITCODE}: $text" }
	return $text
}

if ($env:STEP -eq 'shell') {
	$null = New-ItemProperty -Path 'HKLM:\SOFTWARE\OpenSSH' -Name DefaultShell -Value (Join-Path $PSHOME 'powershell.exe') -PropertyType String -Force
	return
}

Enable-PSRemoting -SkipNetworkProfileCheck -Force | Out-Null
$certificate = New-SelfSignedCertificate -DnsName $env:COMPUTERNAME, 'localhost' -CertStoreLocation 'Cert:\LocalMachine\My'
# It is checked as any other: therefore it is made known as a root.
$file = Join-Path $env:FOLDER 'loopback.cer'
$null = Export-Certificate -Cert $certificate -FilePath $file
$null = Import-Certificate -FilePath $file -CertStoreLocation 'Cert:\LocalMachine\Root'
$null = New-Item -Path 'WSMan:\localhost\Listener' -Transport HTTPS -Address '*' -CertificateThumbPrint $certificate.Thumbprint -Force

$password = ConvertTo-SecureString $env:PASSWORD -AsPlainText -Force
$null = New-LocalUser -Name $env:LOOPBACK_USER -Password $password
Add-LocalGroupMember -SID 'S-1-5-32-544' -Member $env:LOOPBACK_USER
# Without it the token of a local account that comes over the network is no administrator's (MicrosoftDocs/win32, UAC and WMI).
$null = New-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System' -Name LocalAccountTokenFilterPolicy -Value 1 -PropertyType DWord -Force

$null = Add-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0'
Start-Service -Name sshd
$key = Join-Path $env:FOLDER 'loopback-key'
# The empty passphrase has to reach ssh-keygen as two quotes, and 5.1 drops an empty argument.
$null = Invoke-Program 'cmd.exe' @('/d', '/c', "ssh-keygen -q -t ed25519 -N `"`" -f `"$key`"")
$null = Invoke-Program 'icacls.exe' @($key, '/inheritance:r', '/grant', "${env:USERNAME}:F")
$authorized = Join-Path $env:ProgramData 'ssh\administrators_authorized_keys'
Copy-Item -LiteralPath "$key.pub" -Destination $authorized
# sshd takes keys of administrators only from a file that nobody else may write.
$null = Invoke-Program 'icacls.exe' @($authorized, '/inheritance:r', '/grant', '*S-1-5-32-544:F', '/grant', '*S-1-5-18:F')
$ssh = Join-Path $env:USERPROFILE '.ssh'
$null = New-Item -ItemType Directory -Path $ssh -Force
$known = Join-Path $env:FOLDER 'loopback-known-hosts'
$hostKey = (Get-Content -LiteralPath (Join-Path $env:ProgramData 'ssh\ssh_host_ed25519_key.pub')).Split(' ')
[System.IO.File]::WriteAllText($known, "localhost $($hostKey[0]) $($hostKey[1])`n")
# With slashes: a backslash may escape what follows it.
$lines = 'Host srt-loopback', '  HostName localhost', ('  IdentityFile "{0}"' -f $key.Replace('\', '/')), ('  UserKnownHostsFile "{0}"' -f $known.Replace('\', '/'))
Add-Content -LiteralPath (Join-Path $ssh 'config') -Value $lines
