/* SPDX-License-Identifier: MIT */
/* wrap_sysv.c - System V shared memory; wrap.h tells the contract. */
#include "wrap_sysv.h"

#include <stdint.h>

#include "sys_err.h"

key_t Ftok(const char *path, int id)
{
	key_t key = ftok(path, id);

	if (key == -1)
		sys_err("ftok %s", path);
	return key;
}

int Shmget(key_t key, size_t size, int flags)
{
	int id = shmget(key, size, flags);

	if (id < 0)
		sys_err("shmget");
	return id;
}

void *Shmat(int id, const void *addr, int flags)
{
	void *memory = shmat(id, addr, flags);

	if ((intptr_t)memory == -1)
		sys_err("shmat");
	return memory;
}

void Shmdt(const void *addr)
{
	if (shmdt(addr) < 0)
		sys_err("shmdt");
}

int Shmctl(int id, int command, struct shmid_ds *info)
{
	int result = shmctl(id, command, info);

	if (result < 0)
		sys_err("shmctl");
	return result;
}
