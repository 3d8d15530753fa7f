Write-Output enable-winrm.ps1
